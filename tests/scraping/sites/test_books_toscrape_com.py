"""The parser of books.toscrape.com, tested with pages of the fake shop, which have the same markup."""

import re
from collections.abc import Callable
from decimal import Decimal
from urllib.parse import urljoin

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scraping.errors import ParseError
from scraping.page import Page
from scraping.sites.books_toscrape_com import parse_book, parse_listing
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


@pytest.mark.parametrize("step", [20, pytest.param(1, marks=pytest.mark.slow)])
def test_every_field_of_product_pages(step: int) -> None:
    for book in BOOKS[::step]:
        page = make_product_page(book)
        record = parse_book(page)
        assert (record.source, record.source_key, record.upc) == ("books_to_scrape", book.upc, book.upc)
        assert (record.title, record.category, record.rating) == (book.title, book.category, book.rating)
        assert (record.price, record.currency) == (Decimal(book.price), "GBP")
        assert (record.in_stock, record.stock) == (True, book.stock)
        assert record.description == book.description
        assert record.product_url == page.url
        assert record.cover_url == f"{ROOT}media/cache/{book.upc}.svg"


def test_every_field_of_every_listing_page() -> None:
    entries = [entry for number in range(1, 51) for entry in parse_listing(make_listing_page(number)).entries]

    assert [entry.position for entry in entries] == list(range(1, 1001))
    for book, entry in zip(BOOKS, entries, strict=True):
        assert (entry.title, entry.url) == (book.title, urljoin(ROOT, book.path))
        assert (entry.price, entry.currency, entry.rating) == (Decimal(book.price), "GBP", book.rating)
        assert entry.in_stock
        assert entry.cover_url == f"{ROOT}media/cache/{book.upc}.svg"


def test_first_listing_page_contains_the_addresses_of_the_others() -> None:
    first, last = parse_listing(make_listing_page(1)), parse_listing(make_listing_page(50))

    assert first.total == 1000
    assert first.other_pages == tuple(f"{ROOT}catalogue/page-{number}.html" for number in range(2, 51))
    assert last.other_pages == ()


def test_shop_with_one_page_and_empty_shop() -> None:
    small = parse_listing(make_listing_page(books=BOOKS[:3]))
    assert (small.total, len(small.entries), small.other_pages) == (3, 3, ())

    empty = parse_listing(make_listing_page(books=[]))
    assert (empty.total, empty.entries, empty.other_pages) == (0, (), ())


def test_out_of_stock() -> None:
    page = replace_html(make_product_page(), f"In stock ({BOOK.stock} available)", "Out of stock")

    assert (parse_book(page).in_stock, parse_book(page).stock) == (False, 0)


def test_in_stock_without_a_number() -> None:
    page = replace_html(make_product_page(), f"In stock ({BOOK.stock} available)", "In stock")

    assert (parse_book(page).in_stock, parse_book(page).stock) == (True, None)


def test_recently_viewed_books_are_not_read() -> None:
    without = re.sub(r'<p class="star-rating \w+">', "<p>", make_product_page().html, count=1)
    with pytest.raises(ParseError, match="rating"):
        parse_book(Page(ROOT, without))

    without = make_product_page().html.replace(f'<p class="price_color">£{BOOK.price}</p>', "", 1)
    with pytest.raises(ParseError, match="price"):
        parse_book(Page(ROOT, without))


@pytest.mark.parametrize("text", ["£1,000.00", "Â£10.00", "£10", "$10.00", "-£10.00", "on request"])
def test_unreadable_price_is_returned_as_text(text: str) -> None:
    record = parse_book(replace_html(make_product_page(), f"£{BOOK.price}", text))

    assert (record.price, record.currency, record.price_text) == (None, None, text)
    entry = parse_listing(replace_html(make_listing_page(), f"£{BOOKS[0].price}", text, 1)).entries[0]
    assert (entry.price, entry.currency) == (None, None)


def test_euro_prices() -> None:
    record = parse_book(replace_html(make_product_page(), f"£{BOOK.price}", f"€{BOOK.price}"))

    assert (record.price, record.currency, record.price_text) == (Decimal(BOOK.price), "EUR", None)


PRODUCT_FAULTS: list[tuple[str, Callable[[Page], Page]]] = [
    ("page", lambda page: Page(page.url, "<html><body><h1>Another site</h1></body></html>")),
    ("page", lambda page: Page(page.url, "")),
    ("page", lambda page: Page(page.url, markup.with_renamed_classes(page.html))),
    ("page", lambda page: replace_html(page, "<table", "<div")),
    ("upc", lambda page: replace_html(page, "<th>UPC</th>", "<th>Code</th>")),
    ("upc", lambda page: replace_html(page, BOOK.upc + "</td>", "</td>")),
    ("upc", lambda page: replace_html(page, BOOK.upc + "</td>", "not one word</td>")),
    ("title", lambda page: replace_html(page, f"<h1>{BOOK.title}</h1>", "<h1> </h1>")),
    ("title", lambda page: replace_html(page, f"<h1>{BOOK.title}</h1>", f"<h1>{'x' * 501}</h1>")),
    ("title", lambda page: replace_html(page, f"<h1>{BOOK.title}</h1>", "<h1>a</h1><h1>b</h1>")),
    ("price", lambda page: replace_html(page, f"£{BOOK.price}", " ")),
    ("price", lambda page: replace_html(page, f'color">£{BOOK.price}', 'color">£0.01')),
    ("stock", lambda page: replace_html(page, "available)", "copies)")),
    ("rating", lambda page: replace_html(page, f"star-rating {markup.WORDS[BOOK.rating]}", "star-rating Six")),
    ("rating", lambda page: replace_html(page, f"star-rating {markup.WORDS[BOOK.rating]}", "star-rating One Two")),
    ("category", lambda page: replace_html(page, '<li><a href="../category/books_1/index.html">Books</a></li>', "")),
    ("description", lambda page: replace_html(page, "</h2></div><p>", "</h2></div><span>")),
    ("cover_url", lambda page: replace_html(page, 'src="../../media', 'data-src="../../media')),
    ("cover_url", lambda page: replace_html(page, 'src="../../media', 'src="javascript:media')),
]


@pytest.mark.parametrize(("field", "fault"), PRODUCT_FAULTS)
def test_unreadable_product_page_reports_the_field(field: str, fault: Callable[[Page], Page]) -> None:
    page = fault(make_product_page())

    with pytest.raises(ParseError) as caught:
        parse_book(page)

    assert (caught.value.field, caught.value.url) == (field, page.url)
    assert caught.value.detail


LISTING_FAULTS: list[tuple[str, Callable[[Page], Page]]] = [
    ("total", lambda page: Page(page.url, "<html><body>Another site</body></html>")),
    ("total", lambda page: replace_html(page, "results", "books")),
    ("books", lambda page: replace_html(page, 'class="product_pod"', 'class="pod"', 1)),
    ("books", lambda page: Page(page.url, page.html[: len(page.html) // 2])),
    ("pages", lambda page: replace_html(page, "Page 1 of 50", "Page 1")),
    ("pages", lambda page: replace_html(page, "Page 1 of 50", "Page 1 of 999999999")),
    ("pages", lambda page: replace_html(page, 'class="next"', 'class="after"')),
    ("pages", lambda page: replace_html(page, "page-2.html", "two.html")),
    ("title", lambda page: replace_html(page, "title=", "data-title=", 1)),
    ("url", lambda page: replace_html(page, '<h3><a href="', '<h3><a href="mailto:', 1)),
    ("price", lambda page: replace_html(page, 'class="price_color"', 'class="cost"', 1)),
    ("in_stock", lambda page: replace_html(page, "In stock", "Maybe", 1)),
    ("rating", lambda page: replace_html(page, "star-rating", "stars", 1)),
    ("cover_url", lambda page: replace_html(page, "<img", "<i", 1)),
]


@pytest.mark.parametrize(("field", "fault"), LISTING_FAULTS)
def test_unreadable_listing_page_reports_the_field(field: str, fault: Callable[[Page], Page]) -> None:
    with pytest.raises(ParseError) as caught:
        parse_listing(fault(make_listing_page()))

    assert caught.value.field == field


@given(st.floats(0, 1))
def test_truncated_product_page_gives_the_whole_record_or_an_error(share: float) -> None:
    page = make_product_page()
    truncated = Page(page.url, page.html[: int(len(page.html) * share)])

    try:
        record = parse_book(truncated)
    except ParseError:
        return
    assert record == parse_book(page)


INVALID_TEXT = st.text(alphabet=st.sampled_from("<>/\"'=& abp12£\x00\x0b\ud800{}[]()é"), max_size=60)


@given(INVALID_TEXT, st.integers(0, 10**6))
def test_invalid_text_in_a_page_raises_parse_errors_only(text: str, offset: int) -> None:
    for page, parse in ((make_product_page(), parse_book), (make_listing_page(), parse_listing)):
        position = offset % len(page.html)
        try:
            parse(Page(page.url, page.html[:position] + text + page.html[position:]))
        except ParseError:
            continue
