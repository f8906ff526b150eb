"""The rule that a reader's new watches start with."""

from typing import Any

from rest_framework.exceptions import ValidationError

from books.models import Book
from users.models import User, WatchDefault, WatchRule, WatchScope
from users.models.watch import DEFAULT_PERCENT


def find_default(user: User) -> WatchDefault:
    """The reader's own, or that of the service."""
    return WatchDefault.objects.filter(user=user).first() or WatchDefault(user=user)


def find_terms(user: User, book: Book) -> dict[str, Any]:
    """The terms of a new watch that states no rule. A book without other rows is watched alone."""
    default = find_default(user)
    has_work = bool(book.work_key or book.isbn_13)
    scope = default.scope if has_work else WatchScope.BOOK.value
    return {"rule": default.rule, "percent": default.percent, "scope": scope}


def set_default(*, user: User, rule: str, percent: int | None = None, scope: str) -> WatchDefault:
    """There is no default for amounts, because they belong to one book. Raises ValidationError."""
    if percent is not None and rule != WatchRule.DROP_PERCENT:
        raise ValidationError({"percent": f"The rule {rule} has no per cent."})
    if percent is None and rule == WatchRule.DROP_PERCENT:
        percent = DEFAULT_PERCENT
    values = {"rule": rule, "percent": percent, "scope": scope}
    return WatchDefault.objects.update_or_create(user=user, defaults=values)[0]
