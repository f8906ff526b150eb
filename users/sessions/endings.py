"""Ending the sessions of an account."""

from django.contrib.auth import update_session_auth_hash
from django.db import transaction
from django.db.models import F
from django.http import Http404, HttpRequest

from core.web.sessions import hash_key
from users.models import Session, User


def is_current(request: HttpRequest, session: Session) -> bool:
    key = request.session.session_key
    return key is not None and session.session_key == hash_key(key)


def end_session(user: User, number: int) -> None:
    """Raises Http404 if the account has no such session."""
    deleted, _ = Session.objects.filter(user=user).numbered(number).delete()
    if not deleted:
        raise Http404("No Session matches the given query.")


@transaction.atomic
def end_other_sessions(request: HttpRequest, user: User) -> None:
    """Ends all sessions but that of the request, which gets a new key. Tokens remain valid.

    The new epoch also ends sessions that are being created at the same time.
    """
    User.objects.filter(pk=user.pk).update(session_epoch=F("session_epoch") + 1)
    user.refresh_from_db(fields=["session_epoch"])
    Session.objects.filter(user=user).delete()
    update_session_auth_hash(request, user)
