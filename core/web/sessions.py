"""Database sessions without usable keys in the database."""

import re
from hashlib import sha256
from typing import Any

from django.contrib.sessions.backends import db
from django.contrib.sessions.base_session import AbstractBaseSession
from django.utils import timezone

SESSION_KEY = re.compile(r"[a-z0-9]{8,40}")
COLUMN_LENGTH = 40  # characters of the session table's key: 160 bits of the hash


def hash_key(session_key: str) -> str:
    """A key has 165 random bits, so its hash needs no salt."""
    return sha256(session_key.encode()).hexdigest()[:COLUMN_LENGTH]


class SessionStore(db.SessionStore):
    """Stores a session under the hash of its key, so that a copy of the database does not sign in to any account.

    Malformed keys are rejected without a query: PostgreSQL raises an error for NUL, which a quoted cookie can contain.
    Django's asynchronous methods are not overridden; this service has no asynchronous views.
    """

    def _validate_session_key(self, key: str | None) -> bool:
        return bool(key and SESSION_KEY.fullmatch(key))

    def _get_session_from_db(self) -> AbstractBaseSession | None:
        rows = self.model.objects.filter(expire_date__gt=timezone.now())
        session = rows.filter(session_key=hash_key(self.session_key)).first() if self.session_key else None
        if session is None:
            self._session_key = None
        return session

    def exists(self, session_key: str) -> bool:
        return super().exists(hash_key(session_key))

    def create_model_instance(self, data: dict[str, Any]) -> AbstractBaseSession:
        session = super().create_model_instance(data)
        session.session_key = hash_key(session.session_key)
        return session

    def delete(self, session_key: str | None = None) -> None:
        if key := session_key or self.session_key:
            super().delete(hash_key(key))
