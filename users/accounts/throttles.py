"""How often one may try to sign in, register and search, from one address; and sign in to one account."""

import ipaddress
from hashlib import sha256
from types import SimpleNamespace
from typing import Any

from django.conf import settings
from rest_framework.exceptions import Throttled
from rest_framework.request import Request
from rest_framework.throttling import SimpleRateThrottle
from rest_framework.views import APIView


class BySetting(SimpleRateThrottle):
    """`scope` names the setting."""

    def get_rate(self) -> str | None:
        rate: str | None = getattr(settings, str(self.scope))
        return rate


class FromAddress(BySetting):
    def get_cache_key(self, request: Request, view: APIView) -> str:
        return self.cache_format % {"scope": self.scope, "ident": network_of(self.get_ident(request))}


def network_of(address: str | None) -> str:
    """Of an IPv6 address its /64, which is one customer's: whoever has one has all of it."""
    try:
        ip = ipaddress.ip_address(without_port(address or ""))
    except ValueError:
        return "unreadable"  # all of them together: else whoever can make up addresses has no limit
    ip = getattr(ip, "ipv4_mapped", None) or ip
    return str(ip if ip.version == 4 else ipaddress.ip_network((ip, 64), strict=False))


def without_port(address: str) -> str:
    """Some proxies write 192.0.2.1:5678 or [2001:db8::1]:5678."""
    if address.startswith("["):
        return address[1:].partition("]")[0]
    host, _, port = address.partition(":")
    return address if ":" in port else host


class LoginsFromAddress(FromAddress):
    scope = "LOGINS_PER_ADDRESS"


class RegistrationsFromAddress(FromAddress):
    """Staff register whom they like."""

    scope = "REGISTRATIONS_PER_ADDRESS"

    def allow_request(self, request: Request, view: APIView) -> bool:
        return request.user.is_staff or super().allow_request(request, view)


class SearchesFromAddress(FromAddress):
    """Each may cost a question to Open Library, which counts ours."""

    scope = "SEARCHES_PER_ADDRESS"


class LoginsToAccount(BySetting):
    scope = "LOGINS_PER_ACCOUNT"

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
