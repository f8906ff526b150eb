"""Moves the sessions into the table that names their users, so that everybody stays signed in.

The user is noted when a session is used next: the time of its last use is set a day back.
"""

from datetime import timedelta
from typing import Any

from django.db import migrations
from django.utils import timezone

COLUMNS = "session_key, session_data, expire_date"


def move_forwards(apps: Any, schema_editor: Any) -> None:
    used_at = timezone.now() - timedelta(days=1)
    with schema_editor.connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO users_session ({COLUMNS}, user_agent, last_seen_at)"  # noqa: S608  constants
            f" SELECT {COLUMNS}, '', %s FROM django_session",
            [used_at],
        )
        cursor.execute("DELETE FROM django_session")


def move_backwards(apps: Any, schema_editor: Any) -> None:
    with schema_editor.connection.cursor() as cursor:
        cursor.execute(f"INSERT INTO django_session ({COLUMNS}) SELECT {COLUMNS} FROM users_session")  # noqa: S608
        cursor.execute("DELETE FROM users_session")


class Migration(migrations.Migration):
    dependencies = [("users", "0014_sessions"), ("sessions", "0001_initial"), ("config", "0003_end_sessions")]

    operations = [migrations.RunPython(move_forwards, move_backwards)]
