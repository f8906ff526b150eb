"""Deletes the sessions, because their keys are stored in clear. People sign in again; tokens remain valid."""

from typing import Any

from django.db import migrations


def delete_sessions(apps: Any, schema_editor: Any) -> None:
    apps.get_model("sessions", "Session").objects.using(schema_editor.connection.alias).all().delete()


class Migration(migrations.Migration):
    dependencies = [("config", "0002_rate_counters"), ("sessions", "0001_initial")]

    # Backwards as well: the earlier code would take the stored hashes for keys.
    operations = [migrations.RunPython(delete_sessions, delete_sessions)]
