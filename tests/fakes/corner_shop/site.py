"""The parsers of the second shop."""

import re
from collections.abc import Mapping
from decimal import Decimal
from math import ceil

from books.availability import from_in_stock
from books.records import BookRecord
from scraping.page import Page
from scraping.parsing.element import Element, PageFilter, parse_page
from scraping.sites.entries import read_entries
from scraping.sites.site import Listing, ListingEntry, Site

NAME = "corner_shop"
PRICE = re.compile(r"(\d{1,6}),(\d\d) €")
STOCK = re.compile(r"(\d{1,6}) in stock|Sold out")
COUNT = re.compile(r"Showing (\d{1,6})–(\d{1,6}) of (\d{1,6}) results")


class _Parts(PageFilter):
    def selects(self, name: str, attributes: Mapping[str, str]) -> bool:
        return attributes.get("class") in {"result-count", "products", "summary"}


def parse_listing(page: Page) -> Listing:
    root = parse_page(page, _Parts())
    first, last, total = map(int, root.find_one("p.result-count", "total").match_line(COUNT, "total").groups())
    products = root.find_all("li.product")
    entries, unreadable = read_entries(products, first_position=first, find_link=_find_link, read_entry=_read_entry)
    later = range(2, ceil(total / last) + 1) if first == 1 else ()
    other_pages = tuple(f"{page.url}page/{number}/" for number in later)
    return Listing(total=total, entries=entries, unreadable=unreadable, other_pages=other_pages)


def parse_book(page: Page) -> BookRecord:
    product = parse_page(page, _Parts()).find_one("div.summary", "page")
    stock = int(product.find_one("p.stock", "stock").match_line(STOCK, "stock")[1] or 0)
    return BookRecord(
        source=NAME,
        source_key=product.find_one("span.sku", "sku").get_line("sku"),
        title=product.find_one("h1", "title").get_line("title"),
        category=product.find_one("span.shelf", "category").get_line("category"),
        price=_read_price(product),
        currency="EUR",
        availability=from_in_stock(stock > 0),
        stock=stock,
        rating=int(product.find_one("strong.rating", "rating").get_line("rating")),
        product_url=page.url,
    )


def _find_link(product: Element) -> Element:
    return product.find_one("a", "url")


def _read_entry(product: Element, link: Element, position: int) -> ListingEntry:
    url = link.get_url("href", "url")
    title = product.find_one("h2", "title").get_line("title")
    return ListingEntry(position=position, url=url, title=title, price=_read_price(product), currency="EUR")


def _read_price(scope: Element) -> Decimal:
    euros, cents = scope.find_one("span.price", "price").match_line(PRICE, "price").groups()
    return Decimal(f"{euros}.{cents}")


SITE = Site(
    name=NAME,
    label="Corner Shop",
    default_url="http://corner-shop.example/shop/",
    delay=0.5,
    parse_listing=parse_listing,
    parse_book=parse_book,
)
