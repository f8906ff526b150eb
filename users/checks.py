"""What `manage.py check --deploy` says of what strangers may see and do."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Warning, register  # noqa: A004  Django's name

RATES = ["LOGINS_PER_ADDRESS", "LOGINS_PER_ACCOUNT", "REGISTRATIONS_PER_ADDRESS", "SEARCHES_PER_ADDRESS"]


@register(deploy=True)
def directory_is_open(app_configs: Any, **options: Any) -> list[CheckMessage]:
    if not settings.USER_DIRECTORY_OPEN:
        return []
    told = "USER_DIRECTORY_OPEN is on: anyone who reaches this service reads every person's name, e-mail and age."
    return [Warning(told, hint="Set USER_DIRECTORY_OPEN=false.", id="users.W001")]


@register(deploy=True)
def rates_are_unlimited(app_configs: Any, **options: Any) -> list[CheckMessage]:
    unlimited = [name for name in RATES if getattr(settings, name) is None]
    if not unlimited:
        return []
    told = f"{', '.join(unlimited)}: there is no limit, so passwords can be guessed, or the service be filled."
    return [Warning(told, hint="Set a rate such as 20/hour.", id="users.W003")]


@register(deploy=True)
def shelf_is_shared(app_configs: Any, **options: Any) -> list[CheckMessage]:
    if not settings.SHARED_SHELF:
        return []
    told = "SHARED_SHELF is on: anyone who reaches this service reads and changes the household's shelf."
    return [Warning(told, hint="Set SHARED_SHELF=false.", id="users.W002")]
