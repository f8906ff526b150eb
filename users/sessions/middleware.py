"""Middleware that notes when and where a session is used."""

from collections.abc import Callable
from datetime import timedelta

from django.contrib.auth import SESSION_KEY
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils import timezone

from core.web.sessions import hash_key
from users.models import Session
from users.models.session import MAX_USER_AGENT
from users.sessions.store import SessionStore

PRECISION = timedelta(minutes=5)


class SessionUseMiddleware:
    """Updates a session's row at most once in five minutes. A request that does not read its session costs nothing."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        session = request.session
        assert isinstance(session, SessionStore)
        session.user_agent = printable(request.headers.get("User-Agent", ""))
        response = self.get_response(request)
        note_use(session)
        return response


def printable(text: str) -> str:
    """Without control characters: PostgreSQL stores no NUL."""
    return "".join(character for character in text if character.isprintable())[:MAX_USER_AGENT]


def note_use(session: SessionStore) -> None:
    """Writes time, browser and account into the row of an open session, unless it was used a moment ago."""
    row, now = session.row, timezone.now()
    if row is None or session.session_key is None or row.last_seen_at > now - PRECISION:
        return
    if (user_id := session.get(SESSION_KEY)) and row.session_key == hash_key(session.session_key):
        values = {"last_seen_at": now, "user_agent": session.user_agent, "user_id": int(user_id)}
        Session.objects.filter(pk=row.pk).update(**values)
