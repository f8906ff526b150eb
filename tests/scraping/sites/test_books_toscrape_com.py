"""The parser of books.toscrape.com, tested with pages of the fake shop, which have the same markup."""

import re
from dataclasses import replace
from decimal import Decimal
from html import escape
from typing import Any
from urllib.parse import urljoin

import pytest

from books.records import BookRecord
from scraping.errors import ParseError
from scraping.page import Page
from scraping.sites.books_toscrape_com import parse_book, parse_listing
from scraping.sites.site import ListingEntry
from tests.support.shop_pages import BOOK, BOOKS, ROOT, make_listing_page, make_product_page, replace_html


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
        assert record.cover_url == f"{ROOT}media/cache/{book.upc}.jpg"


def test_every_field_of_every_listing_page() -> None:
    entries = [entry for number in range(1, 51) for entry in parse_listing(make_listing_page(number)).entries]

    assert [entry.position for entry in entries] == list(range(1, 1001))
    for book, entry in zip(BOOKS, entries, strict=True):
        assert (entry.title, entry.url) == (book.title, urljoin(ROOT, book.path))
        assert (entry.price, entry.currency, entry.rating) == (Decimal(book.price), "GBP", book.rating)
        assert entry.in_stock
        assert entry.cover_url == f"{ROOT}media/cache/{book.upc}.jpg"


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
    record, entry = parse_changed_book(stock=0)

    assert (record.in_stock, record.stock, record.price) == (False, 0, Decimal(BOOK.price))
    assert (entry.in_stock, entry.price) == (False, Decimal(BOOK.price))


@pytest.mark.parametrize("words", ["Not available", "Out of stock", "unavailable", "In stock (0 available)"])
def test_other_words_for_out_of_stock(words: str) -> None:
    page = replace_html(make_product_page(), f"In stock ({BOOK.stock} available)", words)

    assert (parse_book(page).in_stock, parse_book(page).stock) == (False, 0)


def test_book_without_a_price() -> None:
    record, entry = parse_changed_book(price="", stock=0)

    assert (record.price, record.currency, record.price_text, record.in_stock) == (None, None, None, False)
    assert (entry.price, entry.currency, entry.price_text, entry.in_stock) == (None, None, None, False)


def test_book_without_a_rating() -> None:
    record, entry = parse_changed_book(rating=0)

    assert (record.rating, entry.rating) == (None, None)


@pytest.mark.parametrize("upc", ["978-0-306-40615-7", "a.b-c_1"])
def test_upc_with_punctuation(upc: str) -> None:
    assert parse_book(replace_html(make_product_page(), BOOK.upc + "</td>", upc + "</td>")).source_key == upc


def test_number_of_a_product_without_a_upc_is_its_source_key() -> None:
    page = replace_html(make_product_page(), f"<tr><th>UPC</th><td>{BOOK.upc}</td></tr>", "")

    assert (parse_book(page).source_key, parse_book(page).upc) == (f"product-{BOOK.id}", None)


@pytest.mark.parametrize(
    ("links", "category"),
    [
        (
            '<li><a href="/b">Books</a></li><li><a href="/f">Fiction</a></li><li><a href="/h">History</a></li>',
            "History",
        ),
        ('<li><a href="/b">Books</a></li>', None),
        ("", None),
    ],
)
def test_category_of_any_depth(links: str, category: str | None) -> None:
    html = re.sub(
        r"(>Home</a></li>).*?(?=<li class=\"active\")", rf"\1{links}", make_product_page().html, flags=re.DOTALL
    )

    assert parse_book(Page(ROOT + "x_1/", html)).category == category


def test_first_image_of_the_gallery_is_the_cover() -> None:
    page = make_product_page()
    image = f'<img src="../../media/cache/{BOOK.upc}.jpg"'
    several = replace_html(page, "</div></div></div>", '</div><div class="item"><img src="b.jpg"></div></div></div>', 1)
    delayed = replace_html(page, image, image.replace("src=", 'src="data:image/gif;base64,R0lGODlhAQ" data-src='), 1)
    without = replace_html(page, image, "<img", 1)

    assert parse_book(several).cover_url == parse_book(delayed).cover_url == parse_book(page).cover_url
    assert parse_book(without).cover_url is None


@pytest.mark.parametrize(
    ("html", "description"),
    [
        ("<p>One line<br>another line</p>", "One line\nanother line"),
        ("<p><p>First.</p><p>Second.</p></p>", "First.\n\nSecond."),
        ("<p>Before<ul><li>a</li><li>b <i>c</i></li></ul>after</p>", "Before\n\na\n\nb c\n\nafter"),
        ("<span>No paragraph</span> at <b>all</b>", "No paragraph at all"),
        ("<p>A<!-- comment -->\xa0  b</p>", "A\xa0  b"),
        ("<table><tr><th>Pages</th><td>12</td></tr></table>", "Pages12"),
        ("<p> </p>", None),
        ("", None),
    ],
)
def test_descriptions(html: str, description: str | None) -> None:
    page = replace_html(make_product_page(), f"<p>{escape(BOOK.description or '')}</p>", html)

    assert parse_book(page).description == description
    assert parse_book(page).upc == BOOK.upc


def test_base_element_changes_relative_addresses() -> None:
    page = replace_html(make_product_page(), "<head>", '<head><base href="/shop/a/b/">')

    assert parse_book(page).cover_url == f"{ROOT}shop/media/cache/{BOOK.upc}.jpg"


def parse_changed_book(**changes: Any) -> tuple[BookRecord, ListingEntry]:
    """The product page and the listing entry of a book with these differences."""
    book = replace(BOOK, **changes)
    return parse_book(make_product_page(book)), parse_listing(make_listing_page(books=[book])).entries[0]


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


@pytest.mark.parametrize(
    ("text", "price"),
    [("£1,234.50", "1234.50"), ("£1,234,567.89", "1234567.89"), ("£ 12.84", "12.84"), ("£&nbsp;12.84", "12.84")],
)
def test_prices_in_the_format_of_the_shop(text: str, price: str) -> None:
    record = parse_book(replace_html(make_product_page(), f"£{BOOK.price}", text))
    entry = parse_listing(replace_html(make_listing_page(), f"£{BOOKS[0].price}", text, 1)).entries[0]

    assert (record.price, record.currency, record.price_text) == (Decimal(price), "GBP", None)
    assert (entry.price, entry.currency, entry.price_text) == (Decimal(price), "GBP", None)


UNREADABLE_PRICES = [
    "£12,34.50", "£1,23", "£1234,567.00", "£1.234,50", "£1 234.50", "1,234.50", "12.84 £", "£10 – £20", "£1,2345.00",
    "Â£10.00", "£10", "$10.00", "-£10.00", "on request",
]  # fmt: skip


@pytest.mark.parametrize("text", UNREADABLE_PRICES)
def test_unreadable_price_is_returned_as_text(text: str) -> None:
    record = parse_book(replace_html(make_product_page(), f"£{BOOK.price}", text))

    assert (record.price, record.currency, record.price_text) == (None, None, text)
    entry = parse_listing(replace_html(make_listing_page(), f"£{BOOKS[0].price}", text, 1)).entries[0]
    assert (entry.price, entry.currency) == (None, None)


def test_euro_prices() -> None:
    record = parse_book(replace_html(make_product_page(), f"£{BOOK.price}", f"€{BOOK.price}"))

    assert (record.price, record.currency, record.price_text) == (Decimal(BOOK.price), "EUR", None)
