"""Tokens of programs."""

from typing import Any, ClassVar

from django.db import models
from django.utils import timezone
from knox.models import AbstractAuthToken, AuthTokenManager

from users.models.numbers import number_of, prefix_of
from users.names import validate_name


class TokenQuerySet(models.QuerySet["Token"]):
    def unexpired_of(self, user: Any) -> "TokenQuerySet":
        return self.filter(user=user).exclude(expiry__lte=timezone.now())

    def numbered(self, number: int) -> "TokenQuerySet":
        return self.filter(digest__startswith=prefix_of(number))


class Token(AbstractAuthToken):
    """Signs in one program or device. Only its hash is stored; it expires, and a user can have several."""

    name: models.CharField[str, str] = models.CharField(
        max_length=100,
        blank=True,
        default="",
        validators=[validate_name],
        help_text="Chosen by the user; empty for a token from signing in.",
    )

    objects: ClassVar[Any] = AuthTokenManager.from_queryset(TokenQuerySet)()

    class Meta:
        ordering = ["-created"]

    def __str__(self) -> str:
        return f"token of {self.user}, {self.created:%Y-%m-%d}"

    @property
    def number(self) -> int:
        return number_of(self.digest)
