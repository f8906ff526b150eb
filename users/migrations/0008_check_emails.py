"""Stops if accounts share an e-mail address. `migrate` runs the check users.E001 with the same result before."""

from typing import Any

from django.core.management.base import CommandError
from django.db import migrations

from users.emails import REMEDY, SHARED, find_shared_addresses, name_accounts


def refuse_shared_addresses(apps: Any, schema_editor: Any) -> None:
    accounts = apps.get_model("users", "User").objects.using(schema_editor.connection.alias)
    if groups := find_shared_addresses(accounts.order_by("pk").values_list("pk", "email").iterator()):
        names = "; ".join(map(name_accounts, groups))
        raise CommandError(f"{SHARED}: {names}. {REMEDY}")


class Migration(migrations.Migration):
    dependencies = [("users", "0007_curators")]

    operations = [migrations.RunPython(refuse_shared_addresses, migrations.RunPython.noop)]
