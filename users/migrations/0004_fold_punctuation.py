"""Notes are searched without punctuation from here on: their stored keys are made anew."""

from typing import Any

from django.db import migrations

from core.text import fold

BATCH = 1_000


def fold_anew(apps: Any, schema_editor: Any) -> None:
    rows = apps.get_model("users", "LibraryEntry").objects.order_by("pk")
    last = 0
    while batch := list(rows.filter(pk__gt=last).only("pk", "notes", "notes_key")[:BATCH]):
        last = batch[-1].pk
        for row in batch:
            row.notes_key = fold(row.notes)
        rows.bulk_update(batch, ["notes_key"])


class Migration(migrations.Migration):
    dependencies = [("users", "0003_notes_uncut")]

    # The keys of before need no way back: the code of before makes them anew whenever a row is saved.
    operations = [migrations.RunPython(fold_anew, migrations.RunPython.noop)]
