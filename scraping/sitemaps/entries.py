"""Entries of a sitemap, and the check of their addresses."""

from dataclasses import dataclass
from datetime import datetime

from scraping.origin import has_user_information, normalize_host

MAX_ADDRESS = 2_000  # characters


@dataclass(frozen=True, slots=True)
class Statement:
    """An entry with its unchecked texts. An entry of an index is the address of a sitemap."""

    address: str
    date: str = ""
    is_sitemap: bool = False


@dataclass(frozen=True, slots=True)
class Entry:
    """An address on the shop's host, with the date of its last change if the sitemap states a plausible one."""

    url: str
    dated_at: datetime | None
    is_sitemap: bool


class OtherHost(ValueError):
    """The address is on another host than the shop."""


def check_address(text: str, host: str) -> str:
    """Returns the address without surrounding spaces. `host` is normalized. Raises ValueError or OtherHost."""
    address = text.strip()
    if not 0 < len(address) <= MAX_ADDRESS or " " in address or not address.isprintable():
        raise ValueError("has no characters, too many, or spaces")
    own_host = normalize_host(address)
    if has_user_information(address):
        raise ValueError("contains a user name or a password")
    if own_host != host:
        raise OtherHost(own_host)
    return address
