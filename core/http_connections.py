"""Connections for outgoing requests: only to public addresses (SSRF guard), with a time limit for the headers."""

import ipaddress
import socket
import threading
from contextlib import suppress
from http.client import HTTPException, HTTPResponse, parse_headers
from typing import Any

from requests.adapters import HTTPAdapter
from urllib3 import PoolManager
from urllib3.exceptions import ConnectTimeoutError, LocationParseError, NameResolutionError, NewConnectionError

from core.http_errors import PrivateAddressError

MAX_ADDRESSES = 8  # of a name that are tried, each for the time of a connection
HEADERS_LATE = "The response headers did not arrive in time."
NAT64 = ipaddress.ip_network("64:ff9b::/96")  # RFC 6052: the last 32 bits are an IPv4 address
GLOBAL_UNICAST = ipaddress.ip_network("2000::/3")
# Allocated ranges that are still not public hosts: 6to4, Teredo, IETF protocol assignments.
NOT_PUBLIC = [ipaddress.ip_network(each) for each in ("2002::/16", "2001::/32", "192.0.0.0/24")]


def is_public_address(address: str) -> bool:
    ip = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address):
        ip = ip.ipv4_mapped or (ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF) if ip in NAT64 else ip)
    is_unicast = ip in GLOBAL_UNICAST if ip.version == 6 else not (ip.is_multicast or ip.is_reserved)
    return is_unicast and ip.is_global and not any(ip in network for network in NOT_PUBLIC)


class LimitedAdapter(HTTPAdapter):
    """Limits the time for all response headers: the timeout of requests applies to each read and restarts with it.

    `public_only`: raises PrivateAddressError for other addresses. Through a proxy the proxy has to check this, because
    the only connection made here is the one to the proxy.
    """

    def __init__(self, *, header_seconds: float, public_only: bool, **options: Any) -> None:
        self.header_seconds, self.public_only = header_seconds, public_only
        super().__init__(**options)

    def init_poolmanager(self, *args: Any, **options: Any) -> None:
        super().init_poolmanager(*args, **options)
        self._limit(self.poolmanager, public_only=self.public_only)

    def proxy_manager_for(self, *args: Any, **options: Any) -> Any:
        manager = super().proxy_manager_for(*args, **options)
        self._limit(manager, public_only=False)
        return manager

    def _limit(self, manager: PoolManager, *, public_only: bool) -> None:
        limits = {"header_seconds": self.header_seconds, "public_only": public_only}
        manager.pool_classes_by_scheme = {
            scheme: _limited_pool_class(pool, limits) for scheme, pool in manager.pool_classes_by_scheme.items()
        }


def _limited_pool_class(pool: Any, limits: dict[str, Any]) -> Any:
    if issubclass(pool.ConnectionCls, _LimitedConnection):  # requests returns the same proxy manager again
        return pool
    connection = type("LimitedConnection", (_LimitedConnection, pool.ConnectionCls), limits)
    return type("LimitedPool", (pool,), {"ConnectionCls": connection})


class _FinalResponse(HTTPResponse):
    """Skips interim responses such as 103 Early Hints (RFC 9110, 15.2).

    http.client skips 100 only. It returns another one as the response, and the final response that follows as that of
    the next request on the connection.
    """

    def _read_status(self) -> tuple[str, int, str]:
        status_line: tuple[str, int, str] = super()._read_status()  # type: ignore[misc]  # not in the stubs
        while status_line[1] < 200:
            parse_headers(self.fp)
            status_line = super()._read_status()  # type: ignore[misc]
        return status_line


class _LimitedConnection:
    """Closes the socket if the response headers take too long; the reader then gets a connection error."""

    response_class = _FinalResponse
    header_seconds: float
    public_only: bool
    port: int
    _dns_host: str

    def _new_conn(self) -> socket.socket:
        """Connects to a checked address and not to the name, because each resolution may return another address.

        Private ones are not tried: the error of a connection would reveal which ports of the network are open.
        """
        addresses = self._find_public_addresses() if self.public_only else [self._dns_host]
        *others, last = addresses
        for address in others:
            with suppress(NewConnectionError, ConnectTimeoutError):
                return self._connect(address)
        return self._connect(last)

    def _find_public_addresses(self) -> list[str]:
        try:
            found = socket.getaddrinfo(self._dns_host.strip("[]"), self.port, type=socket.SOCK_STREAM)
        except socket.gaierror as error:
            raise NameResolutionError(self._dns_host, self, error) from error  # type: ignore[arg-type]
        except UnicodeError as error:
            raise LocationParseError(f"{self._dns_host}: a label is empty or too long") from error
        addresses = list(dict.fromkeys(str(each[4][0]) for each in found))
        public = [address for address in addresses if is_public_address(address)]
        if not public:
            detail = f"is at the private address {addresses[0]}; PRIVATE_ADDRESSES=true allows that"
            raise PrivateAddressError(detail, permanent=True)
        return public[:MAX_ADDRESSES]

    def _connect(self, address: str) -> socket.socket:
        name, self._dns_host = self._dns_host, address
        try:
            return super()._new_conn()  # type: ignore[misc,no-any-return]  # mixed into connections only
        finally:
            self._dns_host = name  # that of the certificate

    def getresponse(self) -> Any:
        timed_out = threading.Event()
        timer = threading.Timer(self.header_seconds, self._shut_down, [timed_out])
        timer.daemon = True
        timer.start()
        try:
            response = super().getresponse()  # type: ignore[misc]  # mixed into connections only
        except (HTTPException, OSError) as error:
            # After the shutdown the reader gets the end of the stream, or a reset if more bytes arrive.
            if timed_out.is_set():
                raise TimeoutError(HEADERS_LATE) from error
            raise
        finally:
            timer.cancel()
        if timed_out.is_set():  # headers that were cut off look like complete ones
            response.close()
            raise TimeoutError(HEADERS_LATE)
        return response

    def _shut_down(self, timed_out: threading.Event) -> None:
        timed_out.set()
        connected = getattr(self, "sock", None)
        with suppress(OSError):  # the server has already closed the connection
            if connected is not None:
                connected.shutdown(socket.SHUT_RDWR)
