"""A fetched page, and what went wrong in reading one. No Django, no HTTP, no database."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Validators:
    """What a server gave with a page so that it can be asked whether that is still the same (RFC 9110, 13.1)."""

    etag: str | None = None
    last_modified: str | None = None


UNCONDITIONAL = Validators()


@dataclass(frozen=True, slots=True)
class Page:
    """A page's address, after redirects, and its decoded text."""

    url: str
    html: str
    validators: Validators = UNCONDITIONAL


@dataclass(frozen=True, slots=True)
class NotModified:
    """The server says that a page is as it was when its validators were given."""


class ParseError(Exception):
    """A page that is not what its parser knows. `field` is what could not be read, `detail` says why."""

    def __init__(self, url: str, field: str, detail: str) -> None:
        super().__init__(url, field, detail)  # the arguments again: it travels between processes
        self.url = url
        self.field = field
        self.detail = detail

    def __str__(self) -> str:
        return f"{self.url}: {self.field}: {self.detail}"
