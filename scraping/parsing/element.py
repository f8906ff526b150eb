"""An element of a page; its methods raise ParseError with the name of the missing field. Pure."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import takewhile
from typing import Any
from urllib.parse import urljoin, urlsplit

from bs4 import BeautifulSoup, Tag
from bs4.element import NavigableString, PageElement, PreformattedString
from bs4.exceptions import ParserRejectedMarkup
from bs4.filter import SoupStrainer

from scraping.errors import ParseError
from scraping.page import Page

SIMPLE_SELECTOR = re.compile(r"(?P<name>[a-z0-9]+)(?:\.(?P<class>[\w-]+))?")  # `p` or `p.price_color`
BLOCKS = frozenset({
    "blockquote", "dd", "div", "dl", "dt", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "li", "ol", "p", "pre", "section",
    "table", "tr", "ul",
})  # fmt: skip
NOT_IN_ADDRESS = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class Element:
    """An element of the page at `page_url`. Every method with a `field` parameter raises ParseError for that field.

    `base_url` is the address that relative addresses refer to: the page's own or that of its `<base>`.
    """

    page_url: str
    tag: Tag
    base_url: str

    def find_one(self, selector: str, field: str) -> "Element":
        """The only element that matches. No match or several matches are a ParseError."""
        element = self.find_optional(selector, field)
        if element is None:
            raise ParseError(self.page_url, field, f"expected one element {selector!r}, found none")
        return element

    def find_optional(self, selector: str, field: str) -> "Element | None":
        """The only element that matches, None without a match. Several matches are a ParseError."""
        elements = self.find_all(selector)
        if len(elements) > 1:
            raise ParseError(self.page_url, field, f"expected one element {selector!r}, found {len(elements)}")
        return elements[0] if elements else None

    def find_all(self, selector: str) -> "list[Element]":
        return [self._wrap(tag) for tag in self._select(selector)]

    def _wrap(self, tag: Tag) -> "Element":
        return Element(self.page_url, tag, self.base_url)

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

    @property
    def line(self) -> str:
        """Like `get_line`, but empty for an element without text."""
        return " ".join(self.tag.get_text().split())

    @property
    def line_after(self) -> str:
        """The text directly after this element, like `line`."""
        text = self.tag.next_sibling
        return " ".join(text.split()) if isinstance(text, NavigableString) else ""

    def get_following_text(self, until: "Element") -> str:
        """The text of the later siblings before `until`: an empty line between blocks, a line break for `<br>`."""
        return _join_blocks(takewhile(lambda node: node is not until.tag, self.tag.next_siblings))

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
            url = urljoin(self.base_url, value)
            is_web_address = urlsplit(url).scheme in {"http", "https"} and bool(urlsplit(url).hostname)
            is_valid = is_web_address and "@" not in urlsplit(url).netloc and not NOT_IN_ADDRESS.search(value)
        except ValueError:
            is_valid = False
        if not is_valid:
            raise ParseError(
                self.page_url, field, f"{value[:80]!r} is not an http or https address without user information"
            )
        return url

    def get_table_cells(self, field: str) -> "dict[str, Element]":
        """The cells of a table by label (`<th>label</th><td>cell</td>`). Other rows are left out."""
        cells: dict[str, Element] = {}
        for row in self.find_all("tr"):
            labels, values = row.find_all("th"), row.find_all("td")
            if (len(labels), len(values)) != (1, 1):
                continue
            if labels[0].line in cells:
                raise ParseError(self.page_url, field, f"the table has two rows {labels[0].line!r}")
            cells[labels[0].line] = values[0]
        return cells


def _join_blocks(nodes: Iterable[PageElement]) -> str:
    """Whitespace inside a block is unchanged. No recursion, because a page can nest its elements deeply."""
    blocks: list[list[str]] = [[]]
    remaining: list[PageElement | None] = [*reversed([*nodes])]  # None marks the end of a block
    while remaining:
        node = remaining.pop()
        if node is None or getattr(node, "name", None) in BLOCKS:
            blocks.append([])
        if isinstance(node, Tag):
            blocks[-1] += ["\n"] if node.name == "br" else []
            remaining += [None, *reversed(node.contents)] if node.name in BLOCKS else reversed(node.contents)
        elif isinstance(node, NavigableString) and not isinstance(node, PreformattedString):
            blocks[-1].append(node)
    texts = ("".join(block).strip() for block in blocks)
    return "\n\n".join(text for text in texts if text)


class PageFilter(SoupStrainer):
    """Selects the parts of a page. Creating elements takes most of a page's parsing time, so others are not created.

    Both methods are called in document order for elements and text outside of the selected elements.
    """

    def selects(self, name: str, attributes: Mapping[str, str]) -> bool:
        """Whether to create an element and its descendants."""
        raise NotImplementedError

    def selects_text(self) -> bool:
        return False

    def allow_tag_creation(self, nsprefix: str | None, name: str, attrs: Any) -> bool:
        return name == "base" or self.selects(name, attrs or {})

    def allow_string_creation(self, string: str) -> bool:
        return self.selects_text()


def parse_page(page: Page, page_filter: PageFilter) -> Element:
    """Returns a root that contains the selected elements with all of their descendants."""
    try:
        soup = BeautifulSoup(page.html, "lxml", parse_only=page_filter)
    except (ParserRejectedMarkup, UnicodeError) as error:
        raise ParseError(page.url, "page", "cannot be parsed as HTML") from error
    if not soup.find(_is_selected):
        _raise_if_refreshed(page)
    return Element(page.url, soup, _find_base_url(page.url, soup))


def _is_selected(tag: Tag) -> bool:
    return tag.name != "base"


def _raise_if_refreshed(page: Page) -> None:
    """A page with none of the expected parts may be a redirect in HTML, which browsers follow."""
    for meta in BeautifulSoup(page.html, "lxml", parse_only=SoupStrainer("meta", content=True)).find_all("meta"):
        if str(meta.get("http-equiv")).lower() == "refresh":
            detail = (
                f"is only a redirect in HTML ({str(meta['content'])[:200]!r}), which is not followed; if it is the "
                "shop's first page, set SHOP_URL (SHOP_URLS for other shops) to its target"
            )
            raise ParseError(page.url, "page", detail)


def _find_base_url(page_url: str, soup: BeautifulSoup) -> str:
    """The address of the first `<base href>`, as in browsers."""
    bases = [str(base["href"]).strip() for base in soup.find_all("base") if base.get("href")]
    try:
        return urljoin(page_url, bases[0]) if bases else page_url
    except ValueError:
        return page_url
