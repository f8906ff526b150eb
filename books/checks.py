"""What `manage.py check` says of the outside."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Warning, register  # noqa: A004  Django's name


@register()
def contact_is_missing(app_configs: Any, **options: Any) -> list[CheckMessage]:
    if settings.CONTACT:
        return []
    told = "CONTACT is not set: Open Library answers a caller whom it cannot reach more slowly, or not at all."
    return [Warning(told, hint="Set CONTACT to your e-mail or web address.", id="books.W001")]
