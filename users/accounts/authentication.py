"""Who is asking, by token."""

import re

from django.utils import timezone
from knox.auth import TokenAuthentication
from knox.models import AbstractAuthToken
from rest_framework.authentication import get_authorization_header
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from users.models import User

TOKEN = re.compile(rb"[0-9a-f]{64}")


class BearerToken(TokenAuthentication):
    """`Authorization: Bearer …`. Another scheme, or what has not the form of a token, is refused, never ignored."""

    def authenticate(self, request: Request) -> tuple[User, AbstractAuthToken] | None:
        if "HTTP_AUTHORIZATION" not in request.META:
            return None
        if get_authorization_header(request).partition(b" ")[0].lower() != b"bearer":
            raise AuthenticationFailed("The Authorization header must be of the form: Bearer TOKEN.")
        signed_in: tuple[User, AbstractAuthToken] | None = super().authenticate(request)
        return signed_in

    def authenticate_credentials(self, token: bytes) -> tuple[User, AbstractAuthToken]:
        if not TOKEN.fullmatch(token):
            raise AuthenticationFailed("Invalid token.")
        found: tuple[User, AbstractAuthToken] = super().authenticate_credentials(token)
        return found

    def _cleanup_token(self, auth_token: AbstractAuthToken) -> bool:
        """Whether this one is over. Those others of the person's that are go at the next sign-in.

        knox would read all of them at each request, however many there are.
        """
        is_over = auth_token.expiry is not None and auth_token.expiry < timezone.now()
        if is_over:
            auth_token.delete()
        return is_over
