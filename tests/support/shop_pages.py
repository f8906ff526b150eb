"""Pages of the fake shop for tests of its parsers."""

from urllib.parse import urljoin

from scraping.page import Page
from tests.fakes.shop import markup
from tests.fakes.shop.catalogue import ShopBook, read_books

BOOKS = read_books()
ROOT = "http://shop.example/"
BOOK = BOOKS[10]


def make_product_page(book: ShopBook = BOOK) -> Page:
    return Page(urljoin(ROOT, book.path), markup.product_page(book, BOOKS[:6]))


def make_listing_page(number: int = 1, books: list[ShopBook] = BOOKS) -> Page:
    if number == 1:
        return Page(ROOT, markup.listing_page(books, 1, root=""))
    return Page(f"{ROOT}catalogue/page-{number}.html", markup.listing_page(books, number, root="../"))


def replace_html(page: Page, old: str, new: str, count: int = -1) -> Page:
    assert old in page.html
    return Page(page.url, page.html.replace(old, new, count))
