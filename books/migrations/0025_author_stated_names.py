"""Existing authors have the name that their source stated, unless the admin's log contains a change by a person."""

from typing import Any

from django.db import migrations
from django.db.models import F

SELECT_CHANGED = """
    SELECT object_id FROM django_admin_log
    JOIN django_content_type ON django_content_type.id = django_admin_log.content_type_id
    WHERE app_label = 'books' AND model = 'author' AND action_flag = 2
"""


def store_stated_names(apps: Any, schema_editor: Any) -> None:
    authors = apps.get_model("books", "Author").objects.using(schema_editor.connection.alias)
    unchanged = authors.exclude(source=None).exclude(pk__in=_find_changed_authors(schema_editor.connection))
    unchanged.update(stated_name=F("name"))


def _find_changed_authors(connection: Any) -> list[int]:
    """Reads the tables of Django's apps directly, because a new database may create them later."""
    if not {"django_admin_log", "django_content_type"} <= set(connection.introspection.table_names()):
        return []
    with connection.cursor() as cursor:
        cursor.execute(SELECT_CHANGED)
        return sorted({int(key) for (key,) in cursor.fetchall()})


class Migration(migrations.Migration):
    dependencies = [("books", "0024_authorship_name")]

    operations = [migrations.RunPython(store_stated_names, migrations.RunPython.noop)]
