"""HTTP that cannot hang or swamp: a response's head and body within limits of time and size."""

import ipaddress
import socket
import threading
import time
from collections.abc import Callable
from http.client import RemoteDisconnected
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from urllib3 import PoolManager
from urllib3.exceptions import HTTPError

CHUNK = 64 * 1024
NAT64 = ipaddress.ip_network("64:ff9b::/96")  # RFC 6052: the last 32 bits are the IPv4 address that is meant
UNICAST = ipaddress.ip_network("2000::/3")  # all that is given out of IPv6, for the public internet
# Of what is given out that which leads into IPv4 by a way of its own, and IPv4's addresses for protocols
SPECIAL = [ipaddress.ip_network(each) for each in ("2002::/16", "2001::/32", "192.0.0.0/24")]


class BrokenBody(Exception):
    """A body that did not come whole, in time and in size. `permanent`: asking again cannot help."""

    def __init__(self, detail: str, *, permanent: bool) -> None:
        super().__init__(detail)
        self.detail = detail
        self.permanent = permanent


def read_body(
    response: requests.Response, *, max_bytes: int, deadline: float, check: Callable[[], None] = lambda: None
) -> bytes:
    """The bytes, decompressed. `deadline` is a `time.monotonic()`; `check` may raise to end the reading early."""
    body = bytearray()
    try:
        # read1 returns what one read of the socket brings: a body that drips meets the deadline all the same.
        while chunk := response.raw.read1(CHUNK, decode_content=True):
            body += chunk
            check()
            if len(body) > max_bytes:
                raise BrokenBody(f"is larger than {max_bytes // 1024 // 1024} MiB", permanent=True)
            if time.monotonic() > deadline:
                raise BrokenBody("did not end in time", permanent=False)
    except (HTTPError, OSError) as error:
        raise BrokenBody(f"broke off ({type(error).__name__})", permanent=False) from error
    return bytes(body)


def cause(error: BaseException) -> str:
    """What the operating system said, out of the wrappings that requests puts around it."""
    inner: BaseException | None = error
    while inner is not None:
        if isinstance(inner, RemoteDisconnected):
            return "it closed the connection"
        if isinstance(inner, OSError) and inner.strerror:
            return inner.strerror
        inner = inner.__cause__ or inner.__context__
    return type(error).__name__


class PrivateAddress(ValueError):
    """A name that leads into a private network, where it was not to lead."""


class CarefulAdapter(HTTPAdapter):
    """Limits the time of a whole head: requests' time-out is for each piece of it, which a head that drips keeps.

    `is_public`: asks addresses of the public internet only; raises PrivateAddress at any other. Through a proxy that is
    for the proxy to see to: its own address is all that is connected to here.
    """

    def __init__(self, *, head_seconds: float, is_public: bool, **options: Any) -> None:
        self.head_seconds, self.is_public = head_seconds, is_public
        super().__init__(**options)

    def init_poolmanager(self, *args: Any, **options: Any) -> None:
        super().init_poolmanager(*args, **options)
        self._make_careful(self.poolmanager, is_public=self.is_public)

    def proxy_manager_for(self, *args: Any, **options: Any) -> Any:
        manager = super().proxy_manager_for(*args, **options)
        self._make_careful(manager, is_public=False)
        return manager

    def _make_careful(self, manager: PoolManager, *, is_public: bool) -> None:
        limits = {"head_seconds": self.head_seconds, "is_public": is_public}
        manager.pool_classes_by_scheme = {
            scheme: _careful_pool(pool, limits) for scheme, pool in manager.pool_classes_by_scheme.items()
        }


def _careful_pool(pool: Any, limits: dict[str, Any]) -> Any:
    if issubclass(pool.ConnectionCls, _Careful):  # a proxy's manager is kept, and asked for again
        return pool
    connection = type("CarefulConnection", (_Careful, pool.ConnectionCls), limits)
    return type("CarefulPool", (pool,), {"ConnectionCls": connection})


def is_public_address(address: str) -> bool:
    ip = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address):
        ip = ip.ipv4_mapped or (ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF) if ip in NAT64 else ip)
    is_given_out = ip in UNICAST if ip.version == 6 else not (ip.is_multicast or ip.is_reserved)
    return is_given_out and ip.is_global and not any(ip in network for network in SPECIAL)


class _Careful:
    """Ends the connection under a head that takes too long; whoever reads it then sees it broken."""

    head_seconds: float
    is_public: bool

    def _new_conn(self) -> socket.socket:
        """Looks at the address that answered: a name can mean another one each time that it is asked."""
        connected: socket.socket = super()._new_conn()  # type: ignore[misc]  # mixed into connections only
        address = connected.getpeername()[0]
        if self.is_public and not is_public_address(address):
            connected.close()
            raise PrivateAddress(f"is at the private address {address}; PRIVATE_ADDRESSES=true allows that")
        return connected

    def getresponse(self) -> Any:
        ended = threading.Event()
        timer = threading.Timer(self.head_seconds, self._end, [ended])
        timer.daemon = True
        timer.start()
        try:
            response = super().getresponse()  # type: ignore[misc]  # mixed into connections only
        finally:
            timer.cancel()
        if ended.is_set():  # a head that was cut off looks like a short one
            response.close()
            raise TimeoutError("the head did not end in time")
        return response

    def _end(self, ended: threading.Event) -> None:
        ended.set()
        connected = getattr(self, "sock", None)
        if connected is not None:
            connected.shutdown(socket.SHUT_RDWR)
