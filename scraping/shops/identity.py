"""The identity of a product page: its address without the parts that do not select a page."""

from hashlib import sha1
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

from scraping.origin import normalize_host
from scraping.structured.addresses import TRACKING

MAX_ADDRESS = 2_000  # characters


class NotAnAddress(Exception):
    """The text is not the address of a page. The message states the expected form."""


def clean_address(text: str) -> str:
    """The address without fragment and tracking parameters. Raises NotAnAddress."""
    text = text.strip()
    try:
        normalize_host(text)
        parts = urlsplit(text)
        if "@" in parts.netloc:
            raise NotAnAddress("The address must not contain a user name or a password.")
        if len(text) > MAX_ADDRESS or not text.isprintable() or " " in text:
            raise NotAnAddress(f"The address must have at most {MAX_ADDRESS:,} characters, and no spaces.")
    except (ValueError, UnicodeError):
        raise NotAnAddress("Enter the address of a product page, such as https://shop.example/book/1.") from None
    parameters = [pair for pair in parse_qsl(parts.query, keep_blank_values=True) if not TRACKING.fullmatch(pair[0])]
    has_others = len(parameters) < len(parse_qsl(parts.query, keep_blank_values=True))
    return urlunsplit(parts._replace(query=urlencode(parameters) if has_others else parts.query, fragment=""))


def compute_key(address: str) -> str:
    """A hash of 40 characters of the host without `www.`, the path without its last slash, and the parameters.

    `address` is a result of `clean_address`. The order of the parameters does not matter.
    """
    parts = urlsplit(address)
    parameters = sorted(parse_qsl(parts.query, keep_blank_values=True))
    identity = (normalize_host(address), parts.path.rstrip("/"), parameters)
    return sha1(repr(identity).encode(), usedforsecurity=False).hexdigest()
