"""Who is asking."""

from rest_framework.authentication import SessionAuthentication
from rest_framework.request import Request


class SessionSignIn(SessionAuthentication):
    """The session of the admin or of the browsable API. Names a challenge, so that a stranger gets 401, not 403."""

    def authenticate_header(self, request: Request) -> str:
        return 'Session realm="colophon"'
