"""Parsers of books.toscrape.com: pure functions from a page to its values.

A product page also shows other books ("recently viewed"), so only the product's own elements are read. Table rows are
found by label. A value of an unknown form is a ParseError: the parser never guesses.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from books.records import MAX_TEXT, BookRecord, RecordError
from scraping.errors import ParseError
from scraping.page import Page
from scraping.parsing.element import Element, parse_page
from scraping.sites.site import Listing, ListingEntry, Site

NAME = "books_to_scrape"
MAX_LISTING_PAGES = 5_000
MAX_PRICE_TEXT = MAX_TEXT["price_text"]
RATINGS = {"One": 1, "Two": 2, "Three": 3, "Four": 4, "Five": 5}
CURRENCIES = {"£": "GBP", "€": "EUR"}  # not "$", because many currencies use it
PRICE = re.compile(r"(?P<sign>[£€])(?P<amount>\d{1,8}\.\d\d)", re.ASCII)
STOCK = re.compile(r"In stock(?: \((?P<copies>\d{1,9}) available\))?|Out of stock", re.ASCII)
UPC = re.compile(r"\w+", re.ASCII)
RESULT_COUNT = re.compile(r"(\d{1,9}) results?(?: - showing (\d{1,9}) to (\d{1,9}))?\.", re.ASCII)
PAGER = re.compile(r"Page (\d{1,9}) of (\d{1,9})", re.ASCII)
PAGE_NUMBER = re.compile(r"(?<=page-)\d{1,9}(?=\.html$)", re.ASCII)


def parse_book(page: Page) -> BookRecord:
    """Parses a product page. Raises ParseError."""
    product = parse_page(page, _is_product_tag)
    main = product.find_one("div.product_main", "page")
    table = product.find_one("table", "page")
    cells = table.get_table_cells("page")
    upc = _find_cell(table, cells, "UPC", "upc").match_line(UPC, "upc").group()
    price = _read_consistent_price(main, _find_cell(table, cells, "Price (incl. tax)", "price"))
    in_stock, stock = _read_consistent_availability(main, _find_cell(table, cells, "Availability", "stock"))
    try:
        return BookRecord(
            source=NAME, source_key=upc, upc=upc, title=main.find_one("h1", "title").get_text("title"),
            category=_read_category(product.find_one("ul.breadcrumb", "category")),
            description=_read_description(product),
            price=price.amount, currency=price.currency, price_text=price.text,
            in_stock=in_stock, stock=stock, rating=_read_rating(main),
            cover_url=product.find_one("#product_gallery img", "cover_url").get_url("src", "cover_url"),
            product_url=page.url,
        )  # fmt: skip
    except RecordError as error:
        raise ParseError(page.url, error.field, error.detail) from error


def parse_listing(page: Page) -> Listing:
    """Parses a listing page. Raises ParseError, also if the page is truncated or its counts contradict each other."""
    root = parse_page(page, _is_listing_tag)
    count = root.find_one("form.form-horizontal", "total").match_line(RESULT_COUNT, "total")
    total = int(count[1])
    first, last = (int(count[2]), int(count[3])) if count[2] else (min(total, 1), total)
    products = [product for row in root.find_all("ol.row") for product in row.find_all("article.product_pod")]
    if len(products) != (last - first + 1 if total else 0):
        detail = f"found {len(products)} books on a page that announces books {first} to {last}"
        raise ParseError(page.url, "books", detail)
    entries = tuple(_read_entry(product, first + index) for index, product in enumerate(products))
    other_pages = _build_later_urls(root, last, total) if first <= 1 else ()
    return Listing(total=total, entries=entries, other_pages=other_pages)


def _is_product_tag(name: str, attributes: Mapping[str, str]) -> bool:
    """Selects the product's own elements. The description is a paragraph without attributes."""
    return (
        name == "table"
        or attributes.get("id") in {"product_gallery", "product_description"}
        or bool({"breadcrumb", "product_main"}.intersection(attributes.get("class", "").split()))
        or (name == "p" and not attributes)
    )


def _is_listing_tag(name: str, attributes: Mapping[str, str]) -> bool:
    classes = attributes.get("class", "").split()
    return (name, *classes[:1]) in {("form", "form-horizontal"), ("ol", "row"), ("ul", "pager")}


def _find_cell(table: Element, cells: dict[str, Element], label: str, field: str) -> Element:
    if label not in cells:
        raise ParseError(table.page_url, field, f"the table has no row {label!r}")
    return cells[label]


@dataclass(frozen=True, slots=True)
class _Price:
    """An amount with its currency, or only the `text` if its form is unknown. The page stays valid."""

    amount: Decimal | None = None
    currency: str | None = None
    text: str | None = None


def _read_consistent_price(main: Element, cell: Element) -> _Price:
    """The price under the title. A different price in the table is a ParseError."""
    price = _read_price(main.find_one("p.price_color", "price"))
    if price != _read_price(cell):
        raise ParseError(cell.page_url, "price", "the page states two different prices")
    return price


def _read_price(element: Element) -> _Price:
    text = element.get_line("price")
    match = PRICE.fullmatch(text)
    return _Price(Decimal(match["amount"]), CURRENCIES[match["sign"]]) if match else _Price(text=text[:MAX_PRICE_TEXT])


def _read_consistent_availability(main: Element, cell: Element) -> tuple[bool, int | None]:
    """The availability under the title. A different one in the table is a ParseError: a truncated page states less."""
    availability = _read_availability(main.find_one("p.availability", "stock"), "stock")
    if availability != _read_availability(cell, "stock"):
        raise ParseError(cell.page_url, "stock", "the page states two different availabilities")
    return availability


def _read_availability(element: Element, field: str) -> tuple[bool, int | None]:
    """(in stock, number of copies); the number is None if the page does not state it."""
    match = element.match_line(STOCK, field)
    if match.group() == "Out of stock":
        return False, 0
    return True, int(match["copies"]) if match["copies"] else None


def _read_rating(scope: Element) -> int:
    classes = scope.find_one("p.star-rating", "rating").get_attribute("class", "rating")
    ratings = [RATINGS[word] for word in RATINGS if word in classes]
    if len(ratings) != 1:
        raise ParseError(scope.page_url, "rating", f"cannot be read from {classes!r}")
    return ratings[0]


def _read_category(breadcrumb: Element) -> str:
    """The third link of the breadcrumb, after Home and Books. The book's title is not a link."""
    links = breadcrumb.find_all("li > a")
    if len(links) != 3:
        detail = f"expected 3 links in the breadcrumb, found {len(links)}"
        raise ParseError(breadcrumb.page_url, "category", detail)
    return links[2].get_text("category")


def _read_description(product: Element) -> str | None:
    if not product.find_all("#product_description"):
        return None
    return product.find_one("#product_description + p", "description").tag.get_text().strip() or None


def _read_entry(product: Element, position: int) -> ListingEntry:
    link = product.find_one("h3", "url").find_one("a", "url")
    price = _read_price(product.find_one("p.price_color", "price"))
    image = product.find_one("div.image_container", "cover_url").find_one("img", "cover_url")
    return ListingEntry(
        position=position,
        url=link.get_url("href", "url"),
        title=link.get_attribute("title", "title"),  # not the text, which is shortened with "..."
        price=price.amount,
        currency=price.currency,
        price_text=price.text,
        in_stock=_read_availability(product.find_one("p.availability", "in_stock"), "in_stock")[0],
        rating=_read_rating(product),
        cover_url=image.get_url("src", "cover_url"),
    )


def _build_later_urls(root: Element, last: int, total: int) -> tuple[str, ...]:
    """The addresses of all later pages, so that an unreadable page hides only its own books."""
    if last == total:
        return ()
    pager = root.find_one("ul.pager", "pages")
    current, count = map(int, pager.find_one("li.current", "pages").match_line(PAGER, "pages").groups())
    next_url = pager.find_one("li.next", "pages").find_one("a", "pages").get_url("href", "pages")
    if not PAGE_NUMBER.search(next_url) or not current < count <= MAX_LISTING_PAGES:
        detail = f"page {current} of {count} cannot be followed by {next_url[-80:]!r}"
        raise ParseError(root.page_url, "pages", detail)
    return tuple(PAGE_NUMBER.sub(str(number), next_url) for number in range(current + 1, count + 1))


SITE = Site(
    name=NAME,
    url="http://books.toscrape.com/",
    delay=0.1,
    version=1,
    parse_listing=parse_listing,
    parse_book=parse_book,
)
