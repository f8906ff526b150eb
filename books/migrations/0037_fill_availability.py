"""Takes the availability from `in_stock`. The reverse stores preorders and backorders as not in stock."""

from typing import Any

from django.db import migrations
from django.db.models import Case, Value, When

MODELS = ("Book", "HistoricalBook", "PriceObservation", "HeldPrice")
TO_AVAILABILITY = {None: "unknown", True: "in_stock", False: "out_of_stock"}
FROM_AVAILABILITY = {"unknown": None, "in_stock": True, "out_of_stock": False, "preorder": False, "backorder": False}


def fill_availability(apps: Any, schema_editor: Any) -> None:
    alias = schema_editor.connection.alias
    value = Case(When(in_stock=True, then=Value("in_stock")), default=Value("out_of_stock"))
    for name in MODELS:
        rows = apps.get_model("books", name).objects.using(alias)
        rows.filter(in_stock__isnull=False).update(availability=value)
    convert_curated_fields(apps, alias, "in_stock", "availability", TO_AVAILABILITY)


def fill_in_stock(apps: Any, schema_editor: Any) -> None:
    alias = schema_editor.connection.alias
    value = Case(When(availability="in_stock", then=Value(True)), default=Value(False))  # noqa: FBT003  a value
    for name in MODELS:
        rows = apps.get_model("books", name).objects.using(alias)
        rows.exclude(availability="unknown").update(in_stock=value)
    convert_curated_fields(apps, alias, "availability", "in_stock", FROM_AVAILABILITY)


def convert_curated_fields(apps: Any, alias: str, before: str, after: str, values: dict[Any, Any]) -> None:
    """Curated fields keep the value that the source stated last, as JSON."""
    for field in apps.get_model("books", "CuratedField").objects.using(alias).filter(field=before):
        field.field, field.source_value = after, values[field.source_value]
        field.save(update_fields=["field", "source_value"])


class Migration(migrations.Migration):

    dependencies = [
        ('books', '0036_availability'),
    ]

    operations = [
        migrations.RunPython(fill_availability, fill_in_stock),
    ]
