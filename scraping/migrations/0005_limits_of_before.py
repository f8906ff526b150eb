"""Of the runs of before it is not known whether they were limited: one that read less than the shop lists is taken for it."""

from typing import Any

from django.db import migrations
from django.db.models import F


def say_limits(apps: Any, schema_editor: Any) -> None:
    runs = apps.get_model("scraping", "ScrapeRun").objects.filter(book_limit=None)
    runs.filter(seen__lt=F("listed")).update(book_limit=F("seen"))


class Migration(migrations.Migration):
    dependencies = [("scraping", "0004_background_runs")]

    operations = [migrations.RunPython(say_limits, migrations.RunPython.noop)]
