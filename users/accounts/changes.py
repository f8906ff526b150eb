"""Changes of an account by its owner. The API and the pages use these functions.

Errors are those of the API: Throttled, AuthenticationFailed and Conflict.
"""

from copy import copy
from typing import Any

from django.contrib.auth.base_user import AbstractBaseUser
from django.core.files.storage import default_storage
from django.db import IntegrityError, transaction
from rest_framework.exceptions import AuthenticationFailed

from core.db.deletion import delete_in_order
from core.exceptions import Conflict
from users.accounts.locks import lock_watched_books
from users.accounts.signals import account_changed
from users.accounts.throttles import LoginsPerAccountThrottle
from users.models import EMAIL_IN_USE, Channel, Notification, PriceWatch, User


class WrongPassword(Exception):
    """The password is not the current one of the account."""


def confirm_password(user: AbstractBaseUser, password: str) -> None:
    """Raises WrongPassword, or Throttled: it counts as a login attempt, so that a stolen token cannot guess."""
    LoginsPerAccountThrottle().check_account(user)
    if not user.check_password(password):
        raise WrongPassword


def lock_unchanged_account(user: User) -> User:
    """Returns the account from the database, locked.

    Raises AuthenticationFailed if it was deleted or deactivated or got a new password since `user` was loaded. The lock
    does not block new rows that refer to the account, such as notifications, whose transactions lock deliveries too.
    """
    account = (
        User.objects.select_for_update(no_key=True).filter(pk=user.pk, is_active=True, password=user.password).first()
    )
    if account is None:
        raise AuthenticationFailed("Your account has changed during this request. Sign in again.")
    return account


def change_account(user: User, changes: dict[str, Any]) -> User:
    """Sets the fields, `password` in plain text. A new password ends all tokens. Raises Conflict for a used address.

    Writes only these fields, because other requests may have changed the others since the account was read. The
    database decides whether an address is free: a query before the write would miss one that another request takes at
    the same time. The address is written last, because PostgreSQL then locks the key of the account: transactions that
    hold other locks insert rows that refer to it.
    """
    try:
        with transaction.atomic():
            account = lock_unchanged_account(user)
            former = copy(account)
            fields = _set_values(account, changes)
            account.save(update_fields=[name for name in changes if name != "email"])
            account_changed.send(sender=User, user=account, former=former, fields=fields)
            account.save(update_fields=[name for name in changes if name == "email"])
    except IntegrityError as error:
        raise Conflict(EMAIL_IN_USE) from error
    return account


def _set_values(account: User, changes: dict[str, Any]) -> set[str]:
    """Returns the names of the fields whose values differ now."""
    changed = {name for name, value in changes.items() if name == "password" or getattr(account, name) != value}
    for name, value in changes.items():
        if name == "password":
            account.set_password(value)
        else:
            setattr(account, name, value)
    return changed


def delete_account(user: User) -> None:
    """Deletes the account with its library, watches, tokens, sessions and files. Books stay in the catalogue."""
    for file in user.import_jobs.exclude(file="").values_list("file", flat=True):
        default_storage.delete(file)
    with transaction.atomic():
        lock_watched_books(PriceWatch.objects.owned_by(user))
        # Before the watches, in the order of the services of watches, so that none is added at the same time.
        list(User.objects.select_for_update(no_key=True).filter(pk=user.pk).values_list("pk"))
        # Then in the order of other transactions: a crawl may be storing an event for one of the watches, which has to
        # be deleted too. Workers lock new notifications before channels, and channels before their messages.
        delete_in_order(PriceWatch.objects.owned_by(user))
        delete_in_order(Notification.objects.filter(recipient=user, dispatched_at=None))
        delete_in_order(Channel.objects.filter(owner=user))
        user.delete()
