"""Checks of accounts that share an address, and warnings of `check --deploy` about access by anonymous clients."""

from collections.abc import Sequence
from importlib.util import find_spec
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register  # noqa: A004  Django's name
from django.db import connections
from django.db.migrations.recorder import MigrationRecorder

from users.emails import REMEDY, SHARED, find_shared_addresses, name_accounts

RATE_SETTINGS = [
    "LOGINS_PER_ADDRESS", "LOGINS_PER_ACCOUNT", "REGISTRATIONS_PER_ADDRESS", "SEARCHES_PER_ADDRESS",
    "UPLOADS_PER_ACCOUNT",
]  # fmt: skip
UNIQUE_SINCE = ("users", "0011_unique_email_keys")  # the migration


@register(deploy=True)
def check_user_directory(app_configs: Any, **options: Any) -> list[CheckMessage]:
    if not settings.USER_DIRECTORY_OPEN:
        return []
    message = "USER_DIRECTORY_OPEN is on: anyone who can reach this service can read all names, e-mails and ages."
    return [Warning(message, hint="Set USER_DIRECTORY_OPEN=false.", id="users.W001")]


@register(deploy=True)
def check_rate_limits(app_configs: Any, **options: Any) -> list[CheckMessage]:
    unlimited = [name for name in RATE_SETTINGS if getattr(settings, name) is None]
    if not unlimited:
        return []
    message = (
        f"No rate limit is set: {', '.join(unlimited)}. Clients can guess passwords or fill the database without limit."
    )
    return [Warning(message, hint="Set a rate such as 20/hour.", id="users.W003")]


@register(deploy=True)
def check_shared_library(app_configs: Any, **options: Any) -> list[CheckMessage]:
    if not settings.SHARED_SHELF:
        return []
    message = "SHARED_SHELF is on: anyone who can reach this service can read and change the shared library."
    return [Warning(message, hint="Set SHARED_SHELF=false.", id="users.W002")]


@register(deploy=True)
def check_mail_server(app_configs: Any, **options: Any) -> list[CheckMessage]:
    if settings.MAIL_SERVER.host:
        return []
    message = "EMAIL_URL is not set: workers print mails, which contain links that set passwords."
    return [Warning(message, hint="Set EMAIL_URL=smtps://user:password@host.", id="users.W004")]


@register()
def check_apprise(app_configs: Any, **options: Any) -> list[CheckMessage]:
    if not settings.APPRISE_URLS or find_spec("apprise"):
        return []
    message = "APPRISE_URLS is set, but the package apprise is not installed."
    return [Error(message, hint="Run: pip install apprise. Or unset APPRISE_URLS.", id="users.E002")]


@register(Tags.database)
def check_email_addresses(
    app_configs: Any, databases: Sequence[str] | None = None, **options: Any
) -> list[CheckMessage]:
    """Runs before `migrate` changes anything, and with `check --database default`."""
    return [
        Error(f"{SHARED}: {name_accounts(group)}.", hint=REMEDY, id="users.E001")
        for alias in databases or []
        for group in find_shared_addresses(list_addresses(alias))
    ]


def list_addresses(alias: str) -> Any:
    """Primary keys and addresses; nothing once the database keeps them unique, or before it has the table."""
    applied = MigrationRecorder(connections[alias]).applied_migrations()
    if UNIQUE_SINCE in applied or ("users", "0001_accounts") not in applied:
        return []
    return apps.get_model("users", "User").objects.using(alias).order_by("pk").values_list("pk", "email").iterator()
