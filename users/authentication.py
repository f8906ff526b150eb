"""Who is asking, by token."""

import re

from knox.auth import TokenAuthentication
from knox.models import AbstractAuthToken
from rest_framework.exceptions import AuthenticationFailed

from users.models import User

TOKEN = re.compile(rb"[0-9a-f]{64}")


class BearerToken(TokenAuthentication):
    """`Authorization: Bearer …`. What has not the form of a token is refused before the database is asked."""

    def authenticate_credentials(self, token: bytes) -> tuple[User, AbstractAuthToken]:
        if not TOKEN.fullmatch(token):
            raise AuthenticationFailed("Invalid token.")
        found: tuple[User, AbstractAuthToken] = super().authenticate_credentials(token)
        return found
