"""What `manage.py check` says of the outside."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Warning, register  # noqa: A004  Django's name


@register(deploy=True)
def private_addresses_are_open(app_configs: Any, **options: Any) -> list[CheckMessage]:
    if not settings.PRIVATE_ADDRESSES:
        return []
    told = "PRIVATE_ADDRESSES is on: a shop whose name leads into this network is asked there."
    return [Warning(told, hint="Set PRIVATE_ADDRESSES=false, unless the shop is yours.", id="books.W002")]


@register()
def contact_is_missing(app_configs: Any, **options: Any) -> list[CheckMessage]:
    if settings.CONTACT:
        return []
    told = "CONTACT is not set: Open Library answers a caller whom it cannot reach more slowly, or not at all."
    return [Warning(told, hint="Set CONTACT to your e-mail or web address.", id="books.W001")]
