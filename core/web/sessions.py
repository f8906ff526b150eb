"""Database sessions that reject malformed session keys without a query."""

import re

from django.contrib.sessions.backends import db

SESSION_KEY = re.compile(r"[a-z0-9]{8,40}")


class SessionStore(db.SessionStore):
    """Django queries for any cookie value; PostgreSQL raises an error for NUL, which a quoted cookie can contain."""

    def _validate_session_key(self, key: str | None) -> bool:
        return bool(key and SESSION_KEY.fullmatch(key))
