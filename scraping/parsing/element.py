"""A part of a page that says clearly what it lacks. Pure."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urljoin, urlsplit

from bs4 import BeautifulSoup, Tag
from bs4.exceptions import ParserRejectedMarkup
from bs4.filter import SoupStrainer

from scraping.page import Page, ParseError

SIMPLE = re.compile(r"(?P<name>[a-z0-9]+)(?:\.(?P<mark>[\w-]+))?")  # a tag, with a class or without
Wanted = Callable[[str, Mapping[str, str]], bool]


@dataclass(frozen=True, slots=True)
class Part:
    """One element of a page. Every method that takes a `field` raises ParseError with it."""

    url: str
    tag: Tag

    def only(self, selector: str, field: str) -> "Part":
        """The one element that the selector finds: none, or a second one, means that the page is another than known."""
        found = self.all(selector)
        if len(found) != 1:
            raise ParseError(self.url, field, f"{len(found) or 'no'} elements {selector!r} where there should be one")
        return found[0]

    def all(self, selector: str) -> "list[Part]":
        return [Part(self.url, tag) for tag in self._select(selector)]

    def _select(self, selector: str) -> list[Tag]:
        simple = SIMPLE.fullmatch(selector)
        if not simple:
            return self.tag.select(selector)
        # Most of a page's time would go into the selectors; for these few words no selector engine is needed.
        tags = self.tag.find_all(simple["name"])
        return [tag for tag in tags if not simple["mark"] or simple["mark"] in tag.get_attribute_list("class")]

    def text(self, field: str) -> str:
        text = self.tag.get_text().strip()
        if not text:
            raise ParseError(self.url, field, f"<{self.tag.name}> is empty")
        return text

    def line(self, field: str) -> str:
        """The whole text, its runs of spaces made one."""
        return " ".join(self.text(field).split())

    def match(self, pattern: re.Pattern[str], field: str) -> re.Match[str]:
        text = self.line(field)
        found = pattern.fullmatch(text)
        if not found:
            raise ParseError(self.url, field, f"cannot be read from {text[:80]!r}")
        return found

    def attribute(self, name: str, field: str) -> str:
        value = str(self.tag.get(name) or "").strip()
        if not value:
            raise ParseError(self.url, field, f"<{self.tag.name}> has no {name}")
        return value

    def address(self, name: str, field: str) -> str:
        """An attribute that is a link, made absolute; http and https only."""
        value = self.attribute(name, field)
        try:
            address = urljoin(self.url, value)
            usable = urlsplit(address).scheme in {"http", "https"} and bool(urlsplit(address).hostname)
        except ValueError:
            usable = False
        if not usable:
            raise ParseError(self.url, field, f"{value[:80]!r} is no web address")
        return address

    def rows(self, field: str) -> "dict[str, Part]":
        """A table's cells by their labels (`<th>label</th><td>cell</td>`)."""
        rows: dict[str, Part] = {}
        for row in self.all("tr"):
            label = row.only("th", field).text(field)
            if label in rows:
                raise ParseError(self.url, field, f"two rows {label!r}")
            rows[label] = row.only("td", field)
        return rows


class _Outermost(SoupStrainer):
    """Makes a tree of the wanted elements alone: most of the time of a page goes into making its elements."""

    def __init__(self, wanted: Wanted) -> None:
        super().__init__()
        self._wanted = wanted

    def allow_tag_creation(self, nsprefix: str | None, name: str, attrs: Any) -> bool:
        return self._wanted(name, attrs or {})

    def allow_string_creation(self, string: str) -> bool:
        return False  # asked only for text outside of every wanted element


def read_page(page: Page, wanted: Wanted) -> Part:
    """The elements that `wanted` names by tag and attributes, each with all that it holds."""
    try:
        return Part(page.url, BeautifulSoup(page.html, "lxml", parse_only=_Outermost(wanted)))
    except (ParserRejectedMarkup, UnicodeError) as error:
        raise ParseError(page.url, "page", "cannot be read as HTML") from error
