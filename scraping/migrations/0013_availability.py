"""Records of pages, and the figures of runs, contain the availability in place of `in_stock`."""

from collections.abc import Callable
from typing import Any

from django.db import migrations

BATCH = 1_000
AVAILABILITIES = {True: "in_stock", False: "out_of_stock"}
Fields = dict[str, Any]


def store_availability(apps: Any, schema_editor: Any) -> None:
    convert_records(apps, schema_editor, "in_stock", to_availability)
    rename_in_figures(apps, schema_editor, "in_stock", "availability")


def store_in_stock(apps: Any, schema_editor: Any) -> None:
    convert_records(apps, schema_editor, "availability", to_in_stock)
    rename_in_figures(apps, schema_editor, "availability", "in_stock")


def to_availability(record: Fields) -> Fields:
    in_stock = record.pop("in_stock")
    return {**record, "availability": AVAILABILITIES[in_stock]} if in_stock is not None else record


def to_in_stock(record: Fields) -> Fields:
    """Earlier versions store preorders and backorders as not in stock."""
    availability = record.pop("availability")
    return {**record, "in_stock": availability == "in_stock"} if availability != "unknown" else record


def convert_records(apps: Any, schema_editor: Any, name: str, convert: Callable[[Fields], Fields]) -> None:
    for model in ("PageState", "ShopPage"):
        rows = apps.get_model("scraping", model).objects.using(schema_editor.connection.alias)
        with_field, last = rows.filter(record__has_key=name).only("record").order_by("pk"), 0
        while batch := list(with_field.filter(pk__gt=last)[:BATCH]):
            for row in batch:
                row.record = convert(row.record)
            rows.bulk_update(batch, ["record"], batch_size=200)
            last = batch[-1].pk


def rename_in_figures(apps: Any, schema_editor: Any, before: str, after: str) -> None:
    runs = apps.get_model("scraping", "ScrapeRun").objects.using(schema_editor.connection.alias)
    for run in runs.filter(fill__has_key=before).only("fill"):
        run.fill[after] = run.fill.pop(before)
        run.save(update_fields=["fill"])


class Migration(migrations.Migration):

    dependencies = [
        ('books', '0038_remove_in_stock'),
        ('scraping', '0012_cover_permissions'),
    ]

    operations = [
        migrations.RunPython(store_availability, store_in_stock),
    ]
