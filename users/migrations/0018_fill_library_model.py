"""Values of the new columns of library entries and readings."""

from typing import Any

from django.core.management.base import CommandError
from django.db import migrations
from django.db.models import Q
from django.db.models.functions import Length, TruncDate


def fill_columns(apps: Any, schema_editor: Any) -> None:
    """The day of an entry is that of its creation. Readings with an end were finished: there was no other outcome."""
    alias = schema_editor.connection.alias
    entries = apps.get_model("users", "LibraryEntry").objects.using(alias)
    entries.update(added_on=TruncDate("created_at"))
    apps.get_model("users", "Reading").objects.using(alias).filter(finished_on__isnull=False).update(outcome="finished")


def reject_new_values(apps: Any, schema_editor: Any) -> None:
    """The earlier version has no place for these values, so going back would lose what people entered."""
    alias = schema_editor.connection.alias
    entries = apps.get_model("users", "LibraryEntry").objects.using(alias)
    readings = apps.get_model("users", "Reading").objects.using(alias)
    new_values = (
        Q(status="paused") | Q(rating=0.5) | ~Q(review="") | Q(owned=True) | ~Q(format="unknown")
        | Q(tags__isnull=False) | Q(origins__isnull=False) | Q(progress_page__isnull=False)
        | Q(progress_percent__isnull=False)
    )  # fmt: skip
    partial = Q(start_length__lt=10) | Q(finish_length__lt=10) | Q(outcome="abandoned")
    lengths = {"start_length": Length("started_on"), "finish_length": Length("finished_on")}
    if entries.filter(new_values).exists() or readings.annotate(**lengths).filter(partial).exists():
        raise CommandError(
            "Libraries contain values that the earlier version cannot store, such as tags, reviews and dates without "
            "a day. Restore a backup of that version instead."
        )


class Migration(migrations.Migration):

    dependencies = [
        ("users", "0017_library_model"),
    ]

    operations = [
        migrations.RunPython(fill_columns, reject_new_values),
    ]
