"""Rate limits with rates from settings, counted per client address or per another identity."""

import ipaddress
from typing import Any

from django.conf import settings
from django.db import transaction
from rest_framework.exceptions import Throttled
from rest_framework.request import Request
from rest_framework.throttling import SimpleRateThrottle

from core.db.rate_counters import count_attempt


class RateFromSetting(SimpleRateThrottle):
    """`scope` names the setting with the rate. Subclasses define `get_identity`. Counts in the database, not the cache.

    The views must not run in a transaction, see CountsAttempts.
    """

    seconds_to_wait: float | None = None

    def get_rate(self) -> str | None:
        rate: str | None = getattr(settings, str(self.scope))
        return rate

    def get_identity(self, request: Request) -> str | None:
        """The identity that the request counts for; None if it is not limited."""
        raise NotImplementedError

    def allow_request(self, request: Request, view: Any) -> bool:
        identity = self.get_identity(request)
        return identity is None or self.count(identity)

    def count(self, identity: str) -> bool:
        """Counts an attempt; returns False if it exceeds the rate."""
        limit, seconds = self.parse_rate(self.rate)
        if limit is None or seconds is None:
            return True
        self.seconds_to_wait = count_attempt(f"{self.scope}:{identity}", limit=limit, seconds=seconds)
        return self.seconds_to_wait is None

    def wait(self) -> float | None:
        """At least a second, because clients read Retry-After as whole seconds."""
        return None if self.seconds_to_wait is None else max(self.seconds_to_wait, 1)

    def check(self, identity: str) -> None:
        """Counts an attempt outside a view's own throttles. Raises Throttled if it exceeds the rate."""
        if not self.count(identity):
            raise Throttled(self.wait())


class CountsAttempts:
    """View mixin: no transaction for each request, because the rollback of a failed attempt would undo its count."""

    @classmethod
    def as_view(cls, *args: Any, **kwargs: Any) -> Any:
        return transaction.non_atomic_requests(super().as_view(*args, **kwargs))  # type: ignore[misc]  # of a view


class PerAddressThrottle(RateFromSetting):
    def get_identity(self, request: Request) -> str:
        return get_network(self.get_ident(request))


def get_network(address: str | None) -> str:
    """Returns an IPv4 address itself and the /64 network of an IPv6 address, because one customer receives a whole /64.

    Unreadable addresses share one identity; otherwise a client could invent addresses and escape the limit.
    """
    try:
        ip = ipaddress.ip_address(strip_port(address or ""))
    except ValueError:
        return "unreadable"
    ip = getattr(ip, "ipv4_mapped", None) or ip
    return str(ip if ip.version == 4 else ipaddress.ip_network((ip, 64), strict=False))


def strip_port(address: str) -> str:
    """Removes the port that some proxies add: 192.0.2.1:5678 or [2001:db8::1]:5678."""
    if address.startswith("["):
        return address[1:].partition("]")[0]
    host, _, port = address.partition(":")
    return address if ":" in port else host
