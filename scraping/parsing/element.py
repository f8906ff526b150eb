"""An element of a page; its methods raise ParseError with the name of the missing field. Pure."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urljoin, urlsplit

from bs4 import BeautifulSoup, Tag
from bs4.exceptions import ParserRejectedMarkup
from bs4.filter import SoupStrainer

from scraping.errors import ParseError
from scraping.page import Page

SIMPLE_SELECTOR = re.compile(r"(?P<name>[a-z0-9]+)(?:\.(?P<class>[\w-]+))?")  # `p` or `p.price_color`
TagFilter = Callable[[str, Mapping[str, str]], bool]  # of a tag's name and attributes


@dataclass(frozen=True, slots=True)
class Element:
    """An element of the page at `page_url`. Every method with a `field` parameter raises ParseError for that field."""

    page_url: str
    tag: Tag

    def find_one(self, selector: str, field: str) -> "Element":
        """The only element that matches. No match or several matches are a ParseError."""
        elements = self.find_all(selector)
        if len(elements) != 1:
            raise ParseError(self.page_url, field, f"expected one element {selector!r}, found {len(elements)}")
        return elements[0]

    def find_all(self, selector: str) -> "list[Element]":
        return [Element(self.page_url, tag) for tag in self._select(selector)]

    def _select(self, selector: str) -> list[Tag]:
        simple = SIMPLE_SELECTOR.fullmatch(selector)
        if not simple:
            return self.tag.select(selector)
        # The selector engine would take most of a page's parsing time, and these selectors do not need it.
        tags = self.tag.find_all(simple["name"])
        return [tag for tag in tags if not simple["class"] or simple["class"] in tag.get_attribute_list("class")]

    def get_text(self, field: str) -> str:
        text = self.tag.get_text().strip()
        if not text:
            raise ParseError(self.page_url, field, f"<{self.tag.name}> is empty")
        return text

    def get_line(self, field: str) -> str:
        """The text with every run of whitespace replaced by one space."""
        return " ".join(self.get_text(field).split())

    def match_line(self, pattern: re.Pattern[str], field: str) -> re.Match[str]:
        """Matches the pattern against the whole line."""
        line = self.get_line(field)
        match = pattern.fullmatch(line)
        if not match:
            raise ParseError(self.page_url, field, f"cannot be read from {line[:80]!r}")
        return match

    def get_attribute(self, name: str, field: str) -> str:
        value = str(self.tag.get(name) or "").strip()
        if not value:
            raise ParseError(self.page_url, field, f"<{self.tag.name}> has no {name}")
        return value

    def get_url(self, name: str, field: str) -> str:
        """The absolute http or https address in the attribute."""
        value = self.get_attribute(name, field)
        try:
            url = urljoin(self.page_url, value)
            is_valid = urlsplit(url).scheme in {"http", "https"} and bool(urlsplit(url).hostname)
        except ValueError:
            is_valid = False
        if not is_valid:
            raise ParseError(self.page_url, field, f"{value[:80]!r} is not an http or https address")
        return url

    def get_table_cells(self, field: str) -> "dict[str, Element]":
        """The cells of a table by label (`<th>label</th><td>cell</td>`)."""
        cells: dict[str, Element] = {}
        for row in self.find_all("tr"):
            label = row.find_one("th", field).get_text(field)
            if label in cells:
                raise ParseError(self.page_url, field, f"the table has two rows {label!r}")
            cells[label] = row.find_one("td", field)
        return cells


class _TagStrainer(SoupStrainer):
    """Creates only the elements that the filter selects: creating elements takes most of a page's parsing time."""

    def __init__(self, tag_filter: TagFilter) -> None:
        super().__init__()
        self._tag_filter = tag_filter

    def allow_tag_creation(self, nsprefix: str | None, name: str, attrs: Any) -> bool:
        return self._tag_filter(name, attrs or {})

    def allow_string_creation(self, string: str) -> bool:
        return False  # called only for text outside of every selected element


def parse_page(page: Page, tag_filter: TagFilter) -> Element:
    """Returns a root that contains the selected elements with all of their descendants."""
    try:
        return Element(page.url, BeautifulSoup(page.html, "lxml", parse_only=_TagStrainer(tag_filter)))
    except (ParserRejectedMarkup, UnicodeError) as error:
        raise ParseError(page.url, "page", "cannot be parsed as HTML") from error
