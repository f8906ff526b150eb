"""A fetched page, and what went wrong in reading one. No Django, no HTTP, no database."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Page:
    """A page's address, after redirects, and its decoded text."""

    url: str
    html: str


class ParseError(Exception):
    """A page that is not what its parser knows. `field` is what could not be read, `detail` says why."""

    def __init__(self, url: str, field: str, detail: str) -> None:
        super().__init__(url, field, detail)  # the arguments again: it travels between processes
        self.url = url
        self.field = field
        self.detail = detail

    def __str__(self) -> str:
        return f"{self.url}: {self.field}: {self.detail}"
