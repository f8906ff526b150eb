"""The session engine: sessions that name their user and browser."""

from typing import Any

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.base_session import AbstractBaseSession

from core.web import sessions
from users.models import Session
from users.models.session import MAX_USER_AGENT


class SessionStore(sessions.SessionStore):
    """Writes the account and the browser of a session into columns of its row. `row` is the row that was loaded."""

    user_agent = ""
    row: Session | None = None

    @classmethod
    def get_model_class(cls) -> type[Session]:
        return Session

    def _get_session_from_db(self) -> AbstractBaseSession | None:
        row = super()._get_session_from_db()
        self.row = row if isinstance(row, Session) else None
        return row

    def create_model_instance(self, data: dict[str, Any]) -> AbstractBaseSession:
        session = super().create_model_instance(data)
        assert isinstance(session, Session)
        session.user_id = int(data[SESSION_KEY]) if SESSION_KEY in data else None
        session.user_agent = self.user_agent[:MAX_USER_AGENT]
        return session
