"""Warnings of `manage.py check --deploy` about access by anonymous clients."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Warning, register  # noqa: A004  Django's name

RATE_SETTINGS = ["LOGINS_PER_ADDRESS", "LOGINS_PER_ACCOUNT", "REGISTRATIONS_PER_ADDRESS", "SEARCHES_PER_ADDRESS"]


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
