"""Outgoing HTTP with limits on time and size. `core.http_connections` has the SSRF guard."""

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from http.client import RemoteDisconnected

import requests
from requests.auth import HTTPBasicAuth
from urllib3.exceptions import HTTPError

from core import __version__
from core.http_connections import LimitedAdapter
from core.http_errors import BodyReadError, RequestFailed

PRODUCT = "Colophon"
CHUNK_BYTES = 64 * 1024
BODY_LATE = "did not arrive completely in time"


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
