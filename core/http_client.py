"""Outgoing HTTP with limits on time and size, an SSRF guard and one exception tree."""

import ipaddress
import socket
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from http.client import HTTPException, HTTPResponse, RemoteDisconnected, parse_headers
from typing import Any

import requests
from requests.adapters import HTTPAdapter
from requests.auth import HTTPBasicAuth
from urllib3 import PoolManager
from urllib3.exceptions import HTTPError

from core import __version__

PRODUCT = "Colophon"
CHUNK_BYTES = 64 * 1024
HEADERS_LATE = "The response headers did not arrive in time."
BODY_LATE = "did not arrive completely in time"
NAT64 = ipaddress.ip_network("64:ff9b::/96")  # RFC 6052: the last 32 bits are an IPv4 address
GLOBAL_UNICAST = ipaddress.ip_network("2000::/3")
# Allocated ranges that are still not public hosts: 6to4, Teredo, IETF protocol assignments.
NOT_PUBLIC = [ipaddress.ip_network(each) for each in ("2002::/16", "2001::/32", "192.0.0.0/24")]


class RequestFailed(Exception):
    """No usable response. `permanent`: a retry cannot help. `detail` completes a sentence about the server or page."""

    def __init__(self, detail: str, *, permanent: bool) -> None:
        super().__init__(detail)
        self.detail = detail
        self.permanent = permanent


class BodyReadError(RequestFailed):
    """The body was too large, too slow or incomplete."""


class PrivateAddressError(RequestFailed):
    """The host name resolved to an address that is not public."""


class HttpClient:
    """A session for one server, shared by threads. Never follows redirects: the caller checks each target."""

    def __init__(
        self,
        *,
        contact: str,
        connections: int,
        timeout: tuple[float, float],
        header_seconds: float,
        allow_private_addresses: bool,
    ) -> None:
        """`timeout`: seconds to connect, and between two reads. `contact` is added to the User-Agent."""
        self._timeout = timeout
        self._session = requests.Session()
        # requests reads the whole body of a redirect, without limits, although it does not follow it.
        self._session.get_redirect_target = lambda resp: None  # type: ignore[method-assign]
        self._session.headers["User-Agent"] = f"{PRODUCT}/{__version__}" + (f" (+{contact})" if contact else "")
        adapter = LimitedAdapter(
            header_seconds=header_seconds,
            public_only=not allow_private_addresses,
            pool_connections=1,
            pool_maxsize=connections,
        )
        for scheme in ("http://", "https://"):
            self._session.mount(scheme, adapter)

    def get(
        self,
        url: str,
        *,
        params: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        auth: tuple[str, str] | None = None,
    ) -> requests.Response:
        """Sends a GET request and returns once the headers have arrived. Raises RequestFailed.

        `auth`: user name and password of HTTP basic authentication, sent as UTF-8 (RFC 7617).
        """
        basic = HTTPBasicAuth(*(part.encode() for part in auth)) if auth else None
        with map_request_errors():
            return self._session.get(
                url,
                params=params,
                headers=headers,
                auth=basic,
                timeout=self._timeout,
                stream=True,
                allow_redirects=False,
            )

    def post(self, url: str, *, body: bytes, headers: Mapping[str, str]) -> requests.Response:
        """Sends a POST request and returns once the headers have arrived. Raises RequestFailed."""
        with map_request_errors():
            return self._session.post(
                url, data=body, headers=headers, timeout=self._timeout, stream=True, allow_redirects=False
            )

    def close(self) -> None:
        self._session.close()


@contextmanager
def map_request_errors() -> Iterator[None]:
    """Maps exceptions of requests to RequestFailed."""
    try:
        yield
    except requests.Timeout as error:
        raise RequestFailed("did not respond in time", permanent=False) from error
    except requests.exceptions.SSLError as error:
        raise RequestFailed(f"cannot be reached over TLS ({os_error_text(error)})", permanent=True) from error
    except requests.ConnectionError as error:
        detail = "did not respond in time" if is_timeout(error) else f"cannot be reached ({os_error_text(error)})"
        raise RequestFailed(detail, permanent=False) from error
    except (requests.RequestException, ValueError) as error:
        raise RequestFailed(f"cannot be requested ({type(error).__name__})", permanent=True) from error


def read_body(
    response: requests.Response,
    *,
    max_bytes: int,
    deadline: float,
    check: Callable[[], None] = lambda: None,
    may_be_cut: bool = False,
) -> bytes:
    """Returns the decompressed body. `deadline` is a `time.monotonic()`; `check` may raise to stop early.

    A body larger than `max_bytes` is an error unless it may be cut. Raises BodyReadError.
    """
    body = bytearray()
    for chunk in iterate_body(response, deadline=deadline, check=check):
        body += chunk
        if len(body) > max_bytes and may_be_cut:
            return bytes(body[:max_bytes])
        if len(body) > max_bytes:
            raise BodyReadError(f"is larger than {max_bytes // 1024 // 1024} MiB", permanent=True)
    return bytes(body)


def iterate_body(
    response: requests.Response, *, deadline: float, check: Callable[[], None] = lambda: None
) -> Iterator[bytes]:
    """Yields the decompressed body in chunks, with the parameters of `read_body`. Raises BodyReadError."""
    try:
        # read1 returns after one read of the socket, so that a slow body meets the deadline as well.
        while chunk := response.raw.read1(CHUNK_BYTES, decode_content=True):
            check()
            yield chunk
            if time.monotonic() > deadline:
                raise BodyReadError(BODY_LATE, permanent=False)
    except (HTTPError, OSError) as error:
        if is_timeout(error):
            raise BodyReadError(BODY_LATE, permanent=False) from error
        raise BodyReadError(f"was interrupted ({type(error).__name__})", permanent=False) from error


def os_error_text(error: BaseException) -> str:
    """The operating system's message, from inside the exceptions that requests wraps around it."""
    for inner in unwrap(error):
        if isinstance(inner, RemoteDisconnected):
            return "it closed the connection"
        if isinstance(inner, OSError) and inner.strerror:
            return inner.strerror
    return type(error).__name__


def is_timeout(error: BaseException) -> bool:
    """Whether a timeout is the cause. The outer exceptions differ with the moment at which the socket was closed."""
    return any(isinstance(inner, TimeoutError) for inner in unwrap(error))


def unwrap(error: BaseException) -> Iterator[BaseException]:
    """The exception and its causes, from the outside to the inside."""
    inner: BaseException | None = error
    while inner is not None:
        yield inner
        inner = inner.__cause__ or inner.__context__


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

    def _new_conn(self) -> socket.socket:
        """Checks the connected address, because each resolution of a name may return another one."""
        connected: socket.socket = super()._new_conn()  # type: ignore[misc]  # mixed into connections only
        address = connected.getpeername()[0]
        if self.public_only and not is_public_address(address):
            connected.close()
            detail = f"is at the private address {address}; PRIVATE_ADDRESSES=true allows that"
            raise PrivateAddressError(detail, permanent=True)
        return connected

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
