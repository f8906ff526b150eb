"""books.toscrape.com: pure functions from a page to what it says.

Only the product's own parts are looked at, because each product page also shows other books ("recently viewed");
rows of its table are found by their label. A value that is not of its known form is a ParseError, never a guess.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from books.records import MAX_TEXT, BookRecord, RecordError
from scraping.page import Page, ParseError
from scraping.parsing.element import Part, read_page
from scraping.sites.site import Listing, ListingEntry, Site

NAME = "books_to_scrape"
MAX_LISTING_PAGES = 5_000
LONGEST_PRICE = MAX_TEXT["price_text"]
RATINGS = {"One": 1, "Two": 2, "Three": 3, "Four": 4, "Five": 5}
CURRENCIES = {"£": "GBP", "€": "EUR"}  # "$" is that of many countries
PRICE = re.compile(r"(?P<sign>[£€])(?P<amount>\d{1,8}\.\d\d)", re.ASCII)
STOCK = re.compile(r"In stock(?: \((?P<copies>\d{1,9}) available\))?|Out of stock", re.ASCII)
UPC = re.compile(r"\w+", re.ASCII)
SHOWING = re.compile(r"(\d{1,9}) results?(?: - showing (\d{1,9}) to (\d{1,9}))?\.", re.ASCII)
PAGER = re.compile(r"Page (\d{1,9}) of (\d{1,9})", re.ASCII)
PAGE_NUMBER = re.compile(r"(?<=page-)\d{1,9}(?=\.html$)", re.ASCII)


def parse_book(page: Page) -> BookRecord:
    """A product page. Raises ParseError."""
    product = read_page(page, _of_product)
    main = product.only("div.product_main", "page")
    table = product.only("table", "page")
    rows = table.rows("page")
    upc = _cell(table, rows, "UPC", "upc").match(UPC, "upc").group()
    price = _agreed_price(main, _cell(table, rows, "Price (incl. tax)", "price"))
    in_stock, stock = _agreed_availability(main, _cell(table, rows, "Availability", "stock"))
    try:
        return BookRecord(
            source=NAME, source_key=upc, upc=upc, title=main.only("h1", "title").text("title"),
            category=_category(product.only("ul.breadcrumb", "category")), description=_description(product),
            price=price.amount, currency=price.currency, price_text=price.text,
            in_stock=in_stock, stock=stock, rating=_rating(main),
            cover_url=product.only("#product_gallery img", "cover_url").address("src", "cover_url"),
            product_url=page.url,
        )  # fmt: skip
    except RecordError as error:
        raise ParseError(page.url, error.field, error.detail) from error


def parse_listing(page: Page) -> Listing:
    """A listing page. One that is cut off, or whose counts do not fit together, is a ParseError."""
    whole = read_page(page, _of_listing)
    showing = whole.only("form.form-horizontal", "total").match(SHOWING, "total")
    total = int(showing[1])
    first, last = (int(showing[2]), int(showing[3])) if showing[2] else (min(total, 1), total)
    pods = [pod for row in whole.all("ol.row") for pod in row.all("article.product_pod")]
    if len(pods) != (last - first + 1 if total else 0):
        raise ParseError(page.url, "books", f"{len(pods)} books where it announces {first} to {last}")
    entries = tuple(_entry(pod, first + index) for index, pod in enumerate(pods))
    return Listing(total=total, entries=entries, other_pages=_later_pages(whole, last, total) if first <= 1 else ())


def _of_product(name: str, attributes: Mapping[str, str]) -> bool:
    """The product's own parts. The description's paragraph has no mark but its place, and no attributes."""
    return (
        name == "table"
        or attributes.get("id") in {"product_gallery", "product_description"}
        or bool({"breadcrumb", "product_main"}.intersection(attributes.get("class", "").split()))
        or (name == "p" and not attributes)
    )


def _of_listing(name: str, attributes: Mapping[str, str]) -> bool:
    classes = attributes.get("class", "").split()
    return (name, *classes[:1]) in {("form", "form-horizontal"), ("ol", "row"), ("ul", "pager")}


def _cell(table: Part, rows: dict[str, Part], label: str, field: str) -> Part:
    if label not in rows:
        raise ParseError(table.url, field, f"no row {label!r}")
    return rows[label]


@dataclass(frozen=True, slots=True)
class _Price:
    """`text` where what stands there is no price that is known here: too odd to believe, but the page is good."""

    amount: Decimal | None = None
    currency: str | None = None
    text: str | None = None


def _agreed_price(main: Part, cell: Part) -> _Price:
    """The price beside the title, which must be that of the table."""
    price = _price(main.only("p.price_color", "price"))
    if price != _price(cell):
        raise ParseError(cell.url, "price", "the page states two prices")
    return price


def _price(part: Part) -> _Price:
    text = part.line("price")
    found = PRICE.fullmatch(text)
    return _Price(Decimal(found["amount"]), CURRENCIES[found["sign"]]) if found else _Price(text=text[:LONGEST_PRICE])


def _agreed_availability(main: Part, cell: Part) -> tuple[bool, int | None]:
    """What stands beside the title, which must be what the table says: a page cut off in the table says less."""
    availability = _availability(main.only("p.availability", "stock"), "stock")
    if availability != _availability(cell, "stock"):
        raise ParseError(cell.url, "stock", "the page states two availabilities")
    return availability


def _availability(part: Part, field: str) -> tuple[bool, int | None]:
    """Whether it is in stock, and how many copies where the page says so."""
    found = part.match(STOCK, field)
    if found.group() == "Out of stock":
        return False, 0
    return True, int(found["copies"]) if found["copies"] else None


def _rating(scope: Part) -> int:
    words = scope.only("p.star-rating", "rating").attribute("class", "rating")
    found = [RATINGS[word] for word in RATINGS if word in words]
    if len(found) != 1:
        raise ParseError(scope.url, "rating", f"cannot be read from {words!r}")
    return found[0]


def _category(breadcrumb: Part) -> str:
    """Home, Books, then the category; the book itself is no link."""
    links = breadcrumb.all("li > a")
    if len(links) != 3:
        raise ParseError(breadcrumb.url, "category", f"{len(links)} links in the breadcrumb where there should be 3")
    return links[2].text("category")


def _description(product: Part) -> str | None:
    if not product.all("#product_description"):
        return None
    return product.only("#product_description + p", "description").tag.get_text().strip() or None


def _entry(pod: Part, position: int) -> ListingEntry:
    link = pod.only("h3", "url").only("a", "url")
    price = _price(pod.only("p.price_color", "price"))
    return ListingEntry(
        position=position,
        url=link.address("href", "url"),
        title=link.attribute("title", "title"),  # the text is cut off with "..."
        price=price.amount,
        currency=price.currency,
        price_text=price.text,
        in_stock=_availability(pod.only("p.availability", "in_stock"), "in_stock")[0],
        rating=_rating(pod),
        cover_url=pod.only("div.image_container", "cover_url").only("img", "cover_url").address("src", "cover_url"),
    )


def _later_pages(whole: Part, last: int, total: int) -> tuple[str, ...]:
    """The addresses of all pages after this one, so that one unreadable page hides only its own books."""
    if last == total:
        return ()
    pager = whole.only("ul.pager", "pages")
    current, count = map(int, pager.only("li.current", "pages").match(PAGER, "pages").groups())
    following = pager.only("li.next", "pages").only("a", "pages").address("href", "pages")
    if not PAGE_NUMBER.search(following) or not current < count <= MAX_LISTING_PAGES:
        raise ParseError(whole.url, "pages", f"page {current} of {count}, then {following[-80:]!r}")
    return tuple(PAGE_NUMBER.sub(str(number), following) for number in range(current + 1, count + 1))


SITE = Site(name=NAME, version=1, parse_listing=parse_listing, parse_book=parse_book)
