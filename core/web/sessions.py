"""Sessions in the database, looked for by nothing but what can be the key of one."""

import re

from django.contrib.sessions.backends import db

KEY = re.compile(r"[a-z0-9]{8,40}")


class SessionStore(db.SessionStore):
    """Django asks the database for whatever a cookie holds; PostgreSQL fails at NUL, which a cookie can quote."""

    def _validate_session_key(self, key: str | None) -> bool:
        return bool(key and KEY.fullmatch(key))
