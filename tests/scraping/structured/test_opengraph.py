"""OpenGraph: confirms and contradicts, but does not state a price alone."""

import pytest

from scraping.structured.extraction import Availability, Kind, Source
from tests.scraping.structured.pages import BOOK, ISBN, OTHER_ISBN, RIGHT, book, html, offer, read_html, reasons, script


def meta(**properties: str) -> str:
    return "".join(f'<meta property="{name.replace("_", ":")}" content="{text}">' for name, text in properties.items())


def test_price_of_opengraph_alone_is_in_doubt() -> None:
    tags = meta(og_type="product", og_title="The Lighthouse Keeper", product_price_amount="12.50",
                product_price_currency="EUR", book_isbn=ISBN)  # fmt: skip
    extraction = read_html(html(tags))

    assert extraction.product
    assert (extraction.kind, extraction.product.price) == (Kind.IN_DOUBT, None)
    assert (extraction.product.title, extraction.product.isbn_13) == ("The Lighthouse Keeper", ISBN)
    assert extraction.doubts[0].text == "12.50"


def test_type_of_opengraph_alone_states_no_title() -> None:
    extraction = read_html(html(meta(og_type="product", og_title="The Lighthouse Keeper")))

    assert (extraction.kind, extraction.product) == (Kind.IN_DOUBT, None)


def test_title_with_the_name_of_the_shop_is_not_a_title() -> None:
    extraction = read_html(html(meta(og_type="book", og_title="The Lighthouse Keeper | Shop")))

    assert extraction.kind == Kind.IN_DOUBT
    assert not extraction.product


@pytest.mark.parametrize("amount", ["12.50", "12,50", "12.5000", "EUR 12.50"])
def test_equal_price_confirms(amount: str) -> None:
    tags = meta(product_price_amount=amount, product_price_currency="EUR")

    assert read_html(html(tags, script(BOOK))).product == RIGHT


@pytest.mark.parametrize(("amount", "currency"), [("12.49", "EUR"), ("12.50", "USD"), ("1.250", "EUR"), ("9", "")])
def test_other_price_is_a_doubt(amount: str, currency: str) -> None:
    extraction = read_html(html(meta(og_price_amount=amount, og_price_currency=currency), script(BOOK)))

    assert extraction.kind == Kind.IN_DOUBT
    assert len(reasons(extraction)) == 1


def test_sale_price_counts_before_the_price() -> None:
    tags = meta(product_price_amount="20.00", product_price_currency="EUR", product_sale_price_amount="12.50",
                product_sale_price_currency="EUR").replace("sale:price", "sale_price")  # fmt: skip

    assert read_html(html(tags, script(BOOK))).product == RIGHT


def test_availability_and_isbn_that_nothing_else_states() -> None:
    tags = meta(product_availability="oos", book_isbn=ISBN)
    extraction = read_html(html(tags, script(book(isbn=None, offers=offer(availability=None)))))

    assert extraction.product
    assert (extraction.product.availability, extraction.product.isbn_13) == (Availability.OUT, ISBN)
    assert extraction.sources["availability"] == extraction.sources["isbn_13"] == Source.OPENGRAPH


def test_contradicting_availability_and_isbn_are_doubts() -> None:
    extraction = read_html(html(meta(product_availability="oos", book_isbn=OTHER_ISBN), script(BOOK)))

    assert extraction.product
    assert (extraction.kind, extraction.product.price) == (Kind.READ, RIGHT.price)
    assert (extraction.product.availability, extraction.product.isbn_13) == (None, None)
    assert {each.field for each in extraction.doubts} == {"availability", "isbn_13"}
