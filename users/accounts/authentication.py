"""Authentication by token."""

import re
from typing import Any

from django.utils import timezone
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.plumbing import build_bearer_security_scheme_object
from knox.auth import TokenAuthentication
from knox.models import AbstractAuthToken
from rest_framework.authentication import get_authorization_header
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from users.models import User

TOKEN = re.compile(rb"[0-9a-f]{64}")


class BearerTokenAuthentication(TokenAuthentication):
    """`Authorization: Bearer …`. Another scheme and malformed tokens are rejected, not treated as anonymous."""

    def authenticate(self, request: Request) -> tuple[User, AbstractAuthToken] | None:
        if "HTTP_AUTHORIZATION" not in request.META:
            return None
        if get_authorization_header(request).partition(b" ")[0].lower() != b"bearer":
            raise AuthenticationFailed("The Authorization header must have the form: Bearer TOKEN.")
        credentials: tuple[User, AbstractAuthToken] | None = super().authenticate(request)
        return credentials

    def authenticate_credentials(self, token: bytes) -> tuple[User, AbstractAuthToken]:
        if not TOKEN.fullmatch(token):
            raise AuthenticationFailed("Invalid token.")
        credentials: tuple[User, AbstractAuthToken] = super().authenticate_credentials(token)
        return credentials

    def _cleanup_token(self, auth_token: AbstractAuthToken) -> bool:
        """Deletes the token if it has expired, and returns whether it has.

        knox checks all tokens of the user in every request; here, a login deletes the other expired ones.
        """
        is_expired = auth_token.expiry is not None and auth_token.expiry < timezone.now()
        if is_expired:
            auth_token.delete()
        return is_expired


class BearerTokenScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]  # registers itself when defined
    target_class = BearerTokenAuthentication
    name = "bearerToken"

    def get_security_definition(self, auto_schema: Any) -> dict[str, Any]:
        return build_bearer_security_scheme_object(header_name="Authorization", token_prefix="Bearer")  # noqa: S106
