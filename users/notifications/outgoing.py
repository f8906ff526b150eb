"""HTTP requests to addresses that readers have entered: limited in time and size, and guarded against SSRF."""

import logging
from collections.abc import Mapping
from contextlib import closing
from urllib.parse import urlsplit

from django.conf import settings

from core.http_client import HttpClient
from core.http_connections import is_public_address
from core.http_errors import PrivateAddressError, RequestFailed
from core.retry_after import parse_retry_after
from users.notifications.errors import SendingFailed

CONNECT_SECONDS, READ_SECONDS, HEADER_SECONDS = 5.0, 10.0, 12.0
GONE, REDIRECTS = 410, (301, 302, 303, 307, 308)
PRIVATE_RECEIVER = (
    "The receiver is in a private network, which Colophon does not send to. Use a public address, or ask the operator "
    "of Colophon to permit private ones."
)

logger = logging.getLogger(__name__)


def post(url: str, *, body: bytes, headers: Mapping[str, str]) -> None:
    """Sends the request; the receiver has to respond with a status from 200 to 299. Raises SendingFailed.

    A redirect is not followed, because it could lead to another host. The body of the response is not read.
    """
    client = HttpClient(
        contact=settings.CONTACT,
        connections=1,
        timeout=(CONNECT_SECONDS, READ_SECONDS),
        header_seconds=HEADER_SECONDS,
        allow_private_addresses=settings.PRIVATE_ADDRESSES,
    )
    try:
        with closing(client), client.post(url, body=body, headers=headers) as response:
            status, retry_after = response.status_code, parse_retry_after(response.headers.get("Retry-After", ""))
    except PrivateAddressError as error:
        logger.warning("A message was not sent: the receiver %s.", error.detail)
        raise SendingFailed(PRIVATE_RECEIVER) from error
    except RequestFailed as error:
        raise SendingFailed(f"The receiver {error.detail}.") from error
    if status in REDIRECTS:
        raise SendingFailed(f"The receiver redirects to another address (status {status}). Enter that address.")
    if not 200 <= status < 300:
        text = f"The receiver returned status {status}."
        raise SendingFailed(text, gone=status == GONE, retry_after=retry_after)


def is_forbidden_address(url: str) -> bool:
    """Whether the host is an IP address that is not public. Names are checked when sending."""
    try:
        return not settings.PRIVATE_ADDRESSES and not is_public_address(urlsplit(url).hostname or "")
    except ValueError:  # a name
        return False


def is_acceptable_url(url: str) -> bool:
    """Whether it is an http or https address with a host and without a user name or password."""
    try:
        parts = urlsplit(url)
        has_host = bool(parts.hostname) and (parts.port is None or parts.port > 0)
    except ValueError:
        return False
    is_printable = url.isprintable() and " " not in url
    return is_printable and parts.scheme in {"http", "https"} and has_host and "@" not in parts.netloc
