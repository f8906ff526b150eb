"""Creating and revoking tokens."""

from datetime import timedelta

from django.db import transaction
from django.http import Http404
from django.utils import timezone

from users.accounts.changes import lock_unchanged_account
from users.models import Token, User

MAX_DAYS = 366


@transaction.atomic
def create_token(user: User, *, name: str = "", days: int | None = None) -> tuple[str, Token]:
    """Returns the token and its row; only the hash is stored. It expires after `days`, by default those of knox.

    Locks the account, so that a password change at the same time cannot miss the new token. Raises
    AuthenticationFailed if the account has changed.
    """
    lock_unchanged_account(user)
    Token.objects.filter(user=user, expiry__lt=timezone.now()).delete()
    lifetime = {} if days is None else {"expiry": timedelta(days=days)}
    stored_token, token = Token.objects.create(user=user, name=name, **lifetime)
    return token, stored_token


def revoke_token(user: User, number: int) -> None:
    """Raises Http404 if the account has no such token."""
    deleted, _ = Token.objects.filter(user=user).numbered(number).delete()
    if not deleted:
        raise Http404("No Token matches the given query.")
