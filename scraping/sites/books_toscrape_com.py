"""Parsers of books.toscrape.com: pure functions from a page to its values.

The shop is a django-oscar site. A product page also shows other books ("recently viewed"), so only the product's own
elements are read. A value of an unknown form is a ParseError: the parser never guesses.
"""

import re
from collections.abc import Mapping
from urllib.parse import urlsplit

from books.availability import from_in_stock
from books.records import BookRecord, RecordError
from scraping.errors import ParseError
from scraping.page import Page
from scraping.parsing.element import Element, PageFilter, parse_page
from scraping.parsing.oscar import (
    Price,
    parse_availability,
    read_availability,
    read_cover_url,
    read_price,
    read_rating,
)
from scraping.sites.entries import read_entries
from scraping.sites.site import NUMBER_PREFIX, Listing, ListingEntry, Site

NAME = "books_to_scrape"
MAX_LISTING_PAGES = 5_000
TABLE_LABELS = {"UPC", "Product Type", "Number of reviews"}
UPC = re.compile(r"[\w.-]+", re.ASCII)
LISTING_PARTS = {"form": "form-horizontal", "ol": "row", "ul": "pager"}  # classes
PRODUCT_ID = re.compile(r"_(\d{1,18})(?:/|/index\.html)?$", re.ASCII)
RESULT_COUNT = re.compile(r"(\d{1,9}) results?(?: - showing (\d{1,9}) to (\d{1,9}))?\.", re.ASCII)
PAGER = re.compile(r"Page (\d{1,9}) of (\d{1,9})", re.ASCII)
PAGE_NUMBER = re.compile(r"(?<=page-)\d{1,9}(?=\.html$)", re.ASCII)


def parse_book(page: Page) -> BookRecord:
    """Parses a product page. Raises ParseError."""
    product = parse_page(page, _ProductFilter())
    main = product.find_one("div.product_main", "page")
    table = _find_product_table(product)
    cells = table.get_table_cells("page")
    upc = cells["UPC"].match_line(UPC, "upc").group() if "UPC" in cells else None
    price = _read_consistent_price(main, cells)
    in_stock, stock = _read_consistent_availability(main, cells, is_priced=price.is_stated)
    try:
        return BookRecord(
            source=NAME, source_key=upc or _build_source_key(page.url), upc=upc,
            title=main.find_one("h1", "title").get_text("title"),
            category=_read_category(product.find_one("ul.breadcrumb", "category")),
            description=_read_description(product, table),
            price=price.amount, currency=price.currency, price_text=price.text,
            availability=from_in_stock(in_stock), stock=stock, rating=read_rating(main),
            cover_url=read_cover_url(product.find_all("#product_gallery img")),
            product_url=page.url,
        )  # fmt: skip
    except RecordError as error:
        raise ParseError(page.url, error.field, error.detail) from error


def parse_listing(page: Page) -> Listing:
    """Parses a listing page. Raises ParseError, also if the page is truncated or its counts contradict each other.

    A book that cannot be read is listed as unreadable and does not hide the others.
    """
    root = parse_page(page, _ListingFilter())
    count = root.find_one("form.form-horizontal", "total").match_line(RESULT_COUNT, "total")
    total = int(count[1])
    first, last = (int(count[2]), int(count[3])) if count[2] else (min(total, 1), total)
    products = [product for row in root.find_all("ol.row") for product in row.find_all("article.product_pod")]
    if len(products) != (last - first + 1 if total else 0):
        detail = f"found {len(products)} books on a page that announces books {first} to {last}"
        raise ParseError(page.url, "books", detail)
    entries, unreadable = read_entries(products, first_position=first, find_link=_find_link, read_entry=_read_entry)
    other_pages = _build_later_urls(root, last, total) if first <= 1 else ()
    return Listing(total=total, entries=entries, unreadable=unreadable, other_pages=other_pages)


class _ProductFilter(PageFilter):
    """Selects the product's own elements, and everything between the heading of the description and the next one."""

    _is_in_description = False

    def selects(self, name: str, attributes: Mapping[str, str]) -> bool:
        identifier = attributes.get("id")
        classes = attributes["class"].split() if "class" in attributes else ()
        if identifier == "product_description" or "sub-header" in classes:
            self._is_in_description = identifier == "product_description"
        if self._is_in_description or name == "table" or identifier == "product_gallery":
            return True
        return "breadcrumb" in classes or "product_main" in classes

    def selects_text(self) -> bool:
        return self._is_in_description


class _ListingFilter(PageFilter):
    def selects(self, name: str, attributes: Mapping[str, str]) -> bool:
        return name in LISTING_PARTS and LISTING_PARTS[name] in attributes.get("class", "").split()


def _find_product_table(product: Element) -> Element:
    """The table with the product's data. A description may contain other tables."""
    tables = [table for table in product.find_all("table") if TABLE_LABELS & table.get_table_cells("page").keys()]
    if len(tables) != 1:
        raise ParseError(product.page_url, "page", f"expected one table with product data, found {len(tables)}")
    return tables[0]


def _build_source_key(url: str) -> str:
    """The source key of a product without a UPC: its number, which is the end of its address."""
    match = PRODUCT_ID.search(urlsplit(url).path)
    if not match:
        raise ParseError(url, "upc", "the page states no UPC, and its address contains no product number")
    return f"{NUMBER_PREFIX}{match[1]}"


def _read_consistent_price(main: Element, cells: Mapping[str, Element]) -> Price:
    """The price under the title. A different price in the table is a ParseError.

    Oscar shows the price with tax if the tax is known, and no rows for the price of a product without one.
    """
    price = read_price(main.find_one("p.price_color", "price"))
    cell = cells.get("Price (incl. tax)") or cells.get("Price (excl. tax)")
    if price.is_stated and not cell:
        raise ParseError(main.page_url, "price", "the table has no row 'Price (incl. tax)'")
    if cell and price != read_price(cell):
        raise ParseError(main.page_url, "price", "the page states two different prices")
    return price


def _read_consistent_availability(
    main: Element, cells: Mapping[str, Element], *, is_priced: bool
) -> tuple[bool, int | None]:
    """The availability under the title. A different one in the table is a ParseError: a truncated page states less."""
    availability = read_availability(main, "stock")
    cell = cells.get("Availability")
    if is_priced and not cell:
        raise ParseError(main.page_url, "stock", "the table has no row 'Availability'")
    if cell and availability != parse_availability(cell.line, main, "stock"):
        raise ParseError(main.page_url, "stock", "the page states two different availabilities")
    return availability


def _read_category(breadcrumb: Element) -> str | None:
    """The last link of the breadcrumb after Home and Books, None without one. The book's title is not a link."""
    links = breadcrumb.find_all("li > a")
    return links[-1].get_text("category") if len(links) > 2 else None


def _read_description(product: Element, table: Element) -> str | None:
    heading = product.find_optional("#product_description", "description")
    return (heading.get_following_text(until=table) or None) if heading else None


def _find_link(product: Element) -> Element:
    return product.find_one("h3", "url").find_one("a", "url")


def _read_entry(product: Element, link: Element, position: int) -> ListingEntry:
    price = read_price(product.find_one("p.price_color", "price"))
    return ListingEntry(
        position=position,
        url=link.get_url("href", "url"),
        title=link.get_attribute("title", "title"),  # not the text, which is shortened with "..."
        price=price.amount,
        currency=price.currency,
        price_text=price.text,
        in_stock=read_availability(product, "in_stock")[0],
        rating=read_rating(product),
        cover_url=read_cover_url(product.find_all("div.image_container img")),
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
    label="Books to Scrape",
    default_url="http://books.toscrape.com/",
    delay=0.1,
    version=2,
    parse_listing=parse_listing,
    parse_book=parse_book,
)
