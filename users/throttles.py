"""How often somebody may try to sign in: guessing passwords is slow from one address, and slow against one account."""

from hashlib import sha256
from types import SimpleNamespace
from typing import Any

from django.conf import settings
from rest_framework.exceptions import Throttled
from rest_framework.request import Request
from rest_framework.throttling import SimpleRateThrottle
from rest_framework.views import APIView


class LoginsFromAddress(SimpleRateThrottle):
    scope = "login-address"

    def get_rate(self) -> str:
        return settings.LOGINS_PER_ADDRESS

    def get_cache_key(self, request: Request, view: APIView) -> str:
        return self.cache_format % {"scope": self.scope, "ident": self.get_ident(request)}


class LoginsToAccount(SimpleRateThrottle):
    scope = "login-account"

    def get_rate(self) -> str:
        return settings.LOGINS_PER_ACCOUNT

    def get_cache_key(self, request: Request, view: APIView) -> str | None:
        """By the address that is signed in to, whether there is such an account or not."""
        body: object = request.data
        email = body.get("email") if isinstance(body, dict) else None
        if not isinstance(email, str):
            return None
        return self.cache_format % {"scope": self.scope, "ident": sha256(email.strip().lower().encode()).hexdigest()}


def refuse_guessing(user: Any) -> None:
    """Raises Throttled where this account's password was asked for too often, with a token or without."""
    throttle, attempt = LoginsToAccount(), SimpleNamespace(data={"email": user.email})
    if not throttle.allow_request(attempt, APIView()):  # type: ignore[arg-type]  # all that it looks at
        raise Throttled(throttle.wait())
