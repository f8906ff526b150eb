"""One person's record, for whoever may see it."""

from typing import Any

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db.models import BigIntegerField
from rest_framework.exceptions import NotFound

from core.db.compiled import Compiled, Parameter
from users.models import User

COLUMNS = ("id", "name", "email", "age", "is_active")
MAX_ID = BigIntegerField.MAX_BIGINT
PERSON = Compiled(lambda: User.objects.filter(pk=Parameter("pk")).order_by().values_list(*COLUMNS))


def find_record(pk: int, viewer: User | AnonymousUser) -> dict[str, Any]:
    """What UserSerializer shows of a person; raises NotFound where there is none, or none for this viewer."""
    row = PERSON.first(pk=pk) if pk <= MAX_ID else None
    if row is None or not is_visible(pk, viewer, is_active=bool(row[-1])):
        raise NotFound("User not found")
    return dict(zip(COLUMNS[:-1], row, strict=False))


def is_visible(pk: int, viewer: User | AnonymousUser, *, is_active: bool) -> bool:
    """The rule of UserQuerySet.visible_to, for one person."""
    if viewer.is_staff:
        return True
    return is_active if settings.USER_DIRECTORY_OPEN else pk == viewer.pk
