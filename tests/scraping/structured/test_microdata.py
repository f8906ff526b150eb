"""Microdata: values of elements, owners of properties."""

import pytest

from scraping.structured.extraction import Kind, Source
from tests.scraping.structured.pages import ISBN, MICRODATA, RIGHT, html, read_html, reasons


def read_changed(old: str, new: str) -> str:
    assert old in MICRODATA
    return html(MICRODATA.replace(old, new), heading="")


def test_every_field_is_read() -> None:
    extraction = read_html(html(MICRODATA, heading=""))

    assert (extraction.kind, extraction.product, extraction.doubts) == (Kind.READ, RIGHT, ())
    assert set(extraction.sources.values()) == {Source.MICRODATA}


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("https://schema.org/Book", "http://schema.org/Product https://schema.org/Book"),
        ("https://schema.org/Book", "https://schema.org/book"),
        ("itemscope itemtype=\"https://schema.org/Book\"", "itemprop=mainEntity itemscope itemtype=http://schema.org/Book"),
        ("<span itemprop=\"price\">12.50", "<span itemprop=\"price\" content=\"12.50\">€ 99,99"),
        ("<span itemprop=\"price\">12.50", "<span itemprop=\"price\">12.50 &euro;"),
        ("<span itemprop=\"price\">12.50", "<data itemprop=\"price\" value=\"12.5\"></data><span>"),
        ("The Lighthouse Keeper", "The <b>Light</b>house<br>Keeper<script>1</script>"),
    ],
)  # fmt: skip
def test_variations(old: str, new: str) -> None:
    assert read_html(read_changed(old, new)).product == RIGHT


def test_page_around_the_product_and_lists_inside() -> None:
    listed = MICRODATA.replace("The Lighthouse Keeper", "Harbour Songs").replace("12.50", "3.20").replace(ISBN, "")
    items = (
        f'<div itemscope itemtype="https://schema.org/ItemList"><div itemprop="itemListElement">{listed}</div></div>'
    )
    page = f'<main itemscope itemtype="https://schema.org/WebPage"><b itemprop="name">Shop</b>{MICRODATA}{items}</main>'

    assert read_html(html(page, heading="")).product == RIGHT


def test_product_inside_of_a_product_is_another_one() -> None:
    inner = (
        '<div itemprop="isRelatedTo" itemscope itemtype="https://schema.org/Book"><b itemprop="name">Songs</b></div>'
    )

    assert read_html(read_changed("<p>ISBN", f"{inner}<p>ISBN")).product == RIGHT


def test_small_digits_of_a_price_are_not_joined() -> None:
    extraction = read_html(read_changed("12.50", "12<sup>50</sup>"))

    assert extraction.product
    assert extraction.product.price is None
    assert len(reasons(extraction)) == 1
    struck = read_html(read_changed("12.50", "<del>20</del> 150.00"))
    assert struck.product
    assert struck.product.price is None


def test_offer_without_itemscope_is_no_offer() -> None:
    page = read_changed('itemprop="offers" itemscope itemtype="https://schema.org/Offer"', 'itemprop="offers"')

    assert reasons(read_html(page)) == ["the price is not part of an offer"]


def test_offers_of_no_product_are_in_doubt() -> None:
    page = html(MICRODATA.replace('itemscope itemtype="https://schema.org/Book"', ""), heading="")
    extraction = read_html(page)

    assert extraction.product
    assert extraction.kind == Kind.IN_DOUBT
    assert (extraction.product.title, extraction.product.isbn_13) == (RIGHT.title, ISBN)
    assert (extraction.product.price, extraction.product.availability) == (None, None)
    assert reasons(extraction) == ["the offers belong to no product"]


def test_properties_by_reference() -> None:
    away = '<p id="more"><span itemprop="isbn">9780306406157</span></p>'
    item = MICRODATA.replace(f'<span itemprop="isbn">{ISBN}</span>', "").replace(
        "itemscope", "itemscope itemref=more", 1
    )

    assert read_html(html(away, item, heading="")).product == RIGHT


def test_references_in_a_circle_end() -> None:
    page = (
        '<div id=a itemscope itemref=b itemtype="https://schema.org/Book"><i id=b itemprop=author itemscope itemref=a>'
    )

    assert read_html(page).kind == Kind.NONE


def test_page_without_elements() -> None:
    for page in ("", " ", "\0", "<!---->", "text", "\ud800"):
        assert read_html(page).kind == Kind.NONE
