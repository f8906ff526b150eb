"""Session authentication of the API."""

from typing import Any

from django.conf import settings
from rest_framework.authentication import SessionAuthentication
from rest_framework.request import Request


class SessionAuthenticationWithChallenge(SessionAuthentication):
    """The session of the admin and of the browsable API. States a challenge, so that anonymous requests get 401."""

    def authenticate(self, request: Request) -> tuple[Any, None] | None:
        # Most API clients have no session cookie; skipping the session saves them a lazy object.
        return super().authenticate(request) if settings.SESSION_COOKIE_NAME in request.COOKIES else None

    def authenticate_header(self, request: Request) -> str:
        return 'Session realm="colophon"'
