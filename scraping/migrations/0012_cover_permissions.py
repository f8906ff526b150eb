from typing import Any

from django.db import migrations


def forbid_covers(apps: Any, schema_editor: Any) -> None:
    """Covers of shops that are read by their structured data were not stored until now."""
    database = schema_editor.connection.alias
    shops = apps.get_model("scraping", "Shop").objects.using(database)
    names = list(shops.filter(show_covers=False, is_hand_written=False).values_list("source", flat=True))
    apps.get_model("books", "Source").objects.using(database).filter(name__in=names).update(shows_covers=False)


class Migration(migrations.Migration):
    dependencies = [("books", "0035_cover_permission"), ("scraping", "0011_price_changes")]

    operations = [migrations.RunPython(forbid_covers, migrations.RunPython.noop, elidable=True)]
