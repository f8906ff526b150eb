"""System checks of outgoing requests."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Warning, register  # noqa: A004  Django's name


@register(deploy=True)
def check_private_addresses(app_configs: Any, **options: Any) -> list[CheckMessage]:
    if not settings.PRIVATE_ADDRESSES:
        return []
    message = "PRIVATE_ADDRESSES is on: requests may go to hosts in the private network."
    return [Warning(message, hint="Set PRIVATE_ADDRESSES=false unless the shop runs in your network.", id="books.W002")]


@register()
def check_contact(app_configs: Any, **options: Any) -> list[CheckMessage]:
    if settings.CONTACT:
        return []
    message = "CONTACT is not set: Open Library limits or refuses requests without a contact address."
    return [Warning(message, hint="Set CONTACT to your e-mail address or web site.", id="books.W001")]
