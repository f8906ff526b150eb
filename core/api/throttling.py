"""Rate limits with rates from settings, counted per client address or per another identity."""

import ipaddress
from typing import Any

from django.conf import settings
from rest_framework.exceptions import Throttled
from rest_framework.request import Request
from rest_framework.throttling import SimpleRateThrottle


class RateFromSetting(SimpleRateThrottle):
    """`scope` names the setting with the rate. Subclasses define `get_identity`."""

    identity: str | None = None

    def get_rate(self) -> str | None:
        rate: str | None = getattr(settings, str(self.scope))
        return rate

    def get_identity(self, request: Request) -> str | None:
        """The identity that the request counts for; None if it is not limited."""
        raise NotImplementedError

    def get_cache_key(self, request: Any, view: Any) -> str | None:
        return self.identity and self.cache_format % {"scope": self.scope, "ident": self.identity}

    def allow_request(self, request: Request, view: Any) -> bool:
        self.identity = self.get_identity(request)
        return super().allow_request(request, view)

    def check(self, identity: str) -> None:
        """Counts an attempt outside a view's own throttles. Raises Throttled if the rate is exceeded."""
        self.identity = identity
        if not super().allow_request(None, None):  # type: ignore[arg-type]  # only get_cache_key receives them
            raise Throttled(self.wait())


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
