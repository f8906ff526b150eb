"""Changes rows only in reverse: earlier versions store an unknown availability as false."""

from typing import Any

from django.db import migrations


def forget_unknown_availability(apps: Any, schema_editor: Any) -> None:
    for name in ("PriceObservation", "HeldPrice"):
        rows = apps.get_model("books", name).objects.using(schema_editor.connection.alias)
        rows.filter(in_stock=None).update(in_stock=False)


class Migration(migrations.Migration):

    dependencies = [
        ('books', '0021_author_identity'),
    ]

    operations = [
        migrations.RunPython(migrations.RunPython.noop, forget_unknown_availability),
    ]
