"""Browser sessions."""

from typing import Any, ClassVar, Self

from django.conf import settings
from django.contrib.sessions.base_session import AbstractBaseSession, BaseSessionManager
from django.db import models
from django.utils import timezone

from users.models.numbers import number_of, prefix_of

MAX_USER_AGENT = 300  # characters


class SessionQuerySet(models.QuerySet["Session"]):
    def open_of(self, user: Any) -> Self:
        """The unexpired sessions of a user, those seen last first."""
        return self.filter(user=user, expire_date__gt=timezone.now()).order_by("-last_seen_at", "pk")

    def numbered(self, number: int) -> Self:
        return self.filter(session_key__startswith=prefix_of(number))


class Session(AbstractBaseSession):
    """A session of Django that names its user and browser. `session_key` is the hash of the key (core.web.sessions)."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="sessions", null=True)
    user_agent = models.CharField(max_length=MAX_USER_AGENT, blank=True, default="")
    last_seen_at = models.DateTimeField(default=timezone.now)

    objects: ClassVar[Any] = BaseSessionManager.from_queryset(SessionQuerySet)()

    class Meta:
        default_permissions = ()

    @property
    def number(self) -> int:
        return number_of(self.session_key)
