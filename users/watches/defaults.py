"""The rule that a reader's new watches start with."""

from rest_framework.exceptions import ValidationError

from users.models import User, WatchDefault, WatchRule
from users.models.watch import DEFAULT_PERCENT


def find_default(user: User) -> WatchDefault:
    """The reader's own, or that of the service."""
    return WatchDefault.objects.filter(user=user).first() or WatchDefault(user=user)


def set_default(*, user: User, rule: str, percent: int | None = None, scope: str) -> WatchDefault:
    """There is no default for amounts, because they belong to one book. Raises ValidationError."""
    if percent is not None and rule != WatchRule.DROP_PERCENT:
        raise ValidationError({"percent": f"The rule {rule} has no per cent."})
    if percent is None and rule == WatchRule.DROP_PERCENT:
        percent = DEFAULT_PERCENT
    values = {"rule": rule, "percent": percent, "scope": scope}
    return WatchDefault.objects.update_or_create(user=user, defaults=values)[0]
