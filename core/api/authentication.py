"""Who is asking."""

from typing import Any

from django.conf import settings
from rest_framework.authentication import SessionAuthentication
from rest_framework.request import Request


class SessionSignIn(SessionAuthentication):
    """The session of the admin or of the browsable API. Names a challenge, so that a stranger gets 401, not 403."""

    def authenticate(self, request: Request) -> tuple[Any, None] | None:
        # Without its cookie there is no session to look for, and most clients of an API have none.
        return super().authenticate(request) if settings.SESSION_COOKIE_NAME in request.COOKIES else None

    def authenticate_header(self, request: Request) -> str:
        return 'Session realm="colophon"'
