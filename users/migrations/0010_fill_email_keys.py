"""Fills the keys of the e-mail addresses. The addresses stay as they were entered."""

from typing import Any

from django.db import migrations

from users.emails import make_email_key

BATCH = 1_000


def fill_keys(apps: Any, schema_editor: Any) -> None:
    users = apps.get_model("users", "User").objects.using(schema_editor.connection.alias).order_by("pk")
    last = 0
    while batch := list(users.filter(pk__gt=last).only("pk", "email")[:BATCH]):
        last = batch[-1].pk
        for user in batch:
            user.email_key = make_email_key(user.email)
        users.bulk_update(batch, ["email_key"])


class Migration(migrations.Migration):
    dependencies = [("users", "0009_email_key_and_session_epoch")]

    # The way back needs no step: the column is dropped.
    operations = [migrations.RunPython(fill_keys, migrations.RunPython.noop)]
