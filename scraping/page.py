"""A fetched page. No Django, no HTTP, no database."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Validators:
    """The validators of a response (RFC 9110, 8.8), sent back in a conditional request (13.1)."""

    etag: str | None = None
    last_modified: str | None = None


UNCONDITIONAL = Validators()


@dataclass(frozen=True, slots=True)
class Page:
    """A page's decoded text and its address after redirects."""

    url: str
    html: str
    validators: Validators = UNCONDITIONAL


@dataclass(frozen=True, slots=True)
class NotModified:
    """The response 304: the page has not changed since its validators were sent."""
