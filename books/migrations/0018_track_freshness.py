"""Responses state whether a price waits for review and when the source confirmed the book, so both change the version."""

from typing import Any

from django.db import migrations

from books import catalogue_version


def install_triggers(apps: Any, schema_editor: Any) -> None:
    catalogue_version.install(schema_editor.connection)


class Migration(migrations.Migration):

    dependencies = [
        ('books', '0017_last_check'),
    ]

    operations = [
        # The reverse keeps the triggers: they do no harm, and 0017 drops its table with them.
        migrations.RunPython(install_triggers, migrations.RunPython.noop),
    ]
