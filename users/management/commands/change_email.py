"""The command `change_email`."""

from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.core.validators import validate_email
from django.db import connection

from users.emails import make_email_key, validate_new_email
from users.models import User


class Command(BaseCommand):
    help = "Gives an account another e-mail address. For accounts that share one it works before `migrate` as well."
    requires_migrations_checks = False

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("account", type=int, help="id of the account")
        parser.add_argument("address", help="the new e-mail address")

    def handle(self, *args: Any, account: int, address: str, **options: Any) -> None:
        check_address(address)
        for pk, other in User.objects.values_list("pk", "email").iterator():
            if pk != account and make_email_key(other) == make_email_key(address):
                raise CommandError(f"Nothing was changed: account {pk} has the address {other} already.")
        if not User.objects.filter(pk=account).update(**columns_of(address)):
            raise CommandError(f"There is no account {account}.")
        self.stdout.write(f"Account {account} now has the address {address}.")


def check_address(address: str) -> None:
    try:
        validate_email(address)
        validate_new_email(address)
    except ValidationError as error:
        raise CommandError(f"{address}: {' '.join(error.messages)}") from error


def columns_of(address: str) -> dict[str, str]:
    """The columns to write. Before the migration there is no column for the key."""
    values = {"email": address, "email_key": make_email_key(address)}
    with connection.cursor() as cursor:
        existing = connection.introspection.get_table_description(cursor, User._meta.db_table)
    return {column.name: values[column.name] for column in existing if column.name in values}
