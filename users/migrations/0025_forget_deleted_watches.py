from typing import Any

from django.db import migrations
from django.db.models import Exists, OuterRef


def forget_deleted_watches(apps: Any, schema_editor: Any) -> None:
    """Removes the ids of watches that do not exist, so that the column can get a foreign key."""
    alias = schema_editor.connection.alias
    watches = apps.get_model("users", "PriceWatch").objects.filter(pk=OuterRef("watch"))
    notifications = apps.get_model("users", "Notification").objects.using(alias).exclude(watch=None)
    notifications.filter(~Exists(watches)).update(watch=None)


class Migration(migrations.Migration):
    dependencies = [
        ("users", "0024_channel_confirmation"),
    ]

    operations = [migrations.RunPython(forget_deleted_watches, migrations.RunPython.noop)]
