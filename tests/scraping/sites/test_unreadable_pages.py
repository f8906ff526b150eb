"""Pages of books.toscrape.com that are unreadable, truncated or invalid."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scraping.errors import ParseError
from scraping.page import Page
from scraping.sites.books_toscrape_com import parse_book, parse_listing
from tests.fakes.shop import markup
from tests.support.shop_pages import BOOK, make_listing_page, make_product_page, replace_html

PRODUCT_FAULTS: list[tuple[str, Callable[[Page], Page]]] = [
    ("page", lambda page: Page(page.url, "<html><body><h1>Another site</h1></body></html>")),
    ("page", lambda page: Page(page.url, "")),
    ("page", lambda page: Page(page.url, markup.with_renamed_classes(page.html))),
    ("page", lambda page: replace_html(page, "<table", "<div")),
    ("upc", lambda page: replace_html(page, BOOK.upc + "</td>", "</td>")),
    ("upc", lambda page: replace_html(page, BOOK.upc + "</td>", "not one word</td>")),
    ("title", lambda page: replace_html(page, f"<h1>{BOOK.title}</h1>", "<h1> </h1>")),
    ("title", lambda page: replace_html(page, f"<h1>{BOOK.title}</h1>", f"<h1>{'x' * 501}</h1>")),
    ("title", lambda page: replace_html(page, f"<h1>{BOOK.title}</h1>", "<h1>a</h1><h1>b</h1>")),
    ("price", lambda page: replace_html(page, f'color">£{BOOK.price}', 'color">')),
    ("price", lambda page: replace_html(page, "<th>Price (", "<th>Cost (")),
    ("stock", lambda page: replace_html(page, "<th>Availability</th>", "<th>State</th>")),
    ("stock", lambda page: replace_html(page, "instock", "outofstock")),
    ("price", lambda page: replace_html(page, f'color">£{BOOK.price}', 'color">£0.01')),
    ("stock", lambda page: replace_html(page, "available)", "copies)")),
    ("rating", lambda page: replace_html(page, f"star-rating {markup.WORDS[BOOK.rating]}", "star-rating Six")),
    ("rating", lambda page: replace_html(page, f"star-rating {markup.WORDS[BOOK.rating]}", "star-rating One Two")),
    ("category", lambda page: replace_html(page, 'class="breadcrumb"', 'class="path"')),
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
]
ENTRY_FAULTS = [
    ("title", "title=", "data-title="),
    ("url", '<h3><a href="', '<h3><a href="mailto:'),
    ("url", '<h3><a href="', '<h3><a href="http://user:secret@shop.example/'),
    ("url", '<h3><a href="', '<h3><a href="a\x01b'),
    ("price", 'class="price_color"', 'class="cost"'),
    ("in_stock", "In stock", "Only 2 left"),
    ("in_stock", "instock", "outofstock"),
    ("rating", "star-rating", "stars"),
    ("rating", "star-rating ", "star-rating Six "),
    ("cover_url", 'src="', 'src="ftp://'),
]


@pytest.mark.parametrize(("field", "fault"), LISTING_FAULTS)
def test_unreadable_listing_page_reports_the_field(field: str, fault: Callable[[Page], Page]) -> None:
    with pytest.raises(ParseError) as caught:
        parse_listing(fault(make_listing_page()))

    assert caught.value.field == field


@pytest.mark.parametrize(("field", "old", "new"), ENTRY_FAULTS)
def test_unreadable_entry_does_not_hide_the_others(field: str, old: str, new: str) -> None:
    whole = parse_listing(make_listing_page(2))

    listing = parse_listing(replace_html(make_listing_page(2), old, new, 1))

    assert listing.entries == whole.entries[1:]
    (unreadable,) = listing.unreadable
    assert (unreadable.position, unreadable.field) == (21, field)
    assert unreadable.url == (None if field == "url" else whole.entries[0].url)


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
