"""Which product a page describes, and its title and ISBN."""

from typing import Any

import pytest

from scraping.structured.extraction import Kind
from tests.scraping.structured.pages import (
    BOOK,
    ISBN,
    MICRODATA,
    OTHER,
    OTHER_ISBN,
    RIGHT,
    URL,
    book,
    html,
    offer,
    read_html,
    read_json,
    read_product,
    reasons,
    script,
)

SEVERAL = ["the page describes several products"]


@pytest.mark.parametrize("pages", [[BOOK, OTHER], [OTHER, BOOK], [[OTHER, BOOK]], [{"@graph": [OTHER, BOOK]}]])
def test_several_products_are_a_doubt(pages: list[Any]) -> None:
    extraction = read_json(*pages)

    assert (extraction.kind, extraction.product) == (Kind.IN_DOUBT, None)
    assert reasons(extraction, "product") == SEVERAL


@pytest.mark.parametrize(
    "naming",
    [
        {"url": URL},
        {"url": "/book/the-lighthouse-keeper/"},
        {"url": "http://www.shop.example/book/the-lighthouse-keeper?utm_source=x#top"},
        {"@id": "#product"},
        {"mainEntityOfPage": {"@id": URL}},
        {"offers": offer(url=URL)},
    ],
)
def test_product_that_names_the_page_is_chosen(naming: dict[str, Any]) -> None:
    assert read_product(OTHER, book(**naming), OTHER) == RIGHT


def test_isbn_or_number_in_the_address_chooses() -> None:
    assert read_product(OTHER, BOOK, url=f"https://shop.example/{ISBN}") == RIGHT
    numbered = book(url="/other-text/1234567")
    assert read_product(OTHER, numbered, url="https://shop.example/keeper/1234567") == RIGHT


def test_other_isbn_in_the_address_is_a_doubt() -> None:
    extraction = read_json(BOOK, url=f"https://shop.example/{OTHER_ISBN}")

    assert reasons(extraction, "product") == ["the page's address contains another ISBN"]


def test_canonical_address_names_a_product_and_excludes_none() -> None:
    family = '<link rel="canonical" href="https://shop.example/family/1">'
    named, other = script(book(url="https://shop.example/family/1")), script(OTHER)

    assert read_html(html(family, other, named)).product == RIGHT
    assert read_html(html(family, script(book(url=URL)), other)).product == RIGHT


@pytest.mark.parametrize(
    "wrapped",
    [
        {"@type": "ItemList", "itemListElement": [OTHER]},
        {"@type": "Review", "itemReviewed": OTHER},
        {"@type": "BreadcrumbList", "itemListElement": [{"@type": "ListItem", "item": OTHER}]},
        {"@type": "ProductGroup", "hasVariant": []},
    ],
)
def test_other_places_of_products(wrapped: Any) -> None:
    assert read_product(wrapped, BOOK) == RIGHT
    assert read_json(wrapped).kind == Kind.NONE


def test_related_products_inside() -> None:
    assert read_product(book(isRelatedTo=[OTHER], isSimilarTo=OTHER, review={"itemReviewed": OTHER})) == RIGHT


def test_product_and_book_of_one_name_are_one() -> None:
    product = {"@type": "Product", "name": "the lighthouse keeper", "offers": offer(price=12.5)}

    assert read_product(product, book(offers=None)).price == RIGHT.price
    assert read_product(BOOK, product).title == RIGHT.title
    assert reasons(read_json(BOOK, product | {"offers": offer(price="9.99")})) == ["the page states several prices"]
    assert reasons(read_json(BOOK, product | {"gtin13": OTHER_ISBN}), "product") == SEVERAL


def test_other_syntax_must_agree() -> None:
    assert read_html(html(script(BOOK), MICRODATA)).product == RIGHT
    cheaper = html(script(BOOK), MICRODATA.replace("12.50", "9.99"))
    assert reasons(read_html(cheaper)) == ["the page states several prices"]


def test_product_of_another_page_is_a_doubt() -> None:
    elsewhere = book(url="https://shop.example/book/another")
    extraction = read_json(elsewhere, heading="Results for lighthouse")

    assert reasons(extraction, "product") == ["the only product of the page has the address of another page"]
    assert read_product(elsewhere) == RIGHT
    assert read_product(book(url="https://shop.example/"), heading="Results for lighthouse") == RIGHT


@pytest.mark.parametrize("heading", ["Results", "The best of our shop", "灯台守"])
def test_heading_without_the_name_is_a_doubt(heading: str) -> None:
    extraction = read_json(BOOK, heading=heading)

    assert (extraction.kind, extraction.product) == (Kind.IN_DOUBT, None)
    titled = html(script(BOOK), f"<title>{heading}</title>", heading="")
    assert read_html(titled.replace("</head><body>", "")).kind == Kind.IN_DOUBT
    named = read_json(book(url=URL), heading=heading)
    assert (named.kind, named.product) == (Kind.IN_DOUBT, None)


@pytest.mark.parametrize(
    ("name", "heading"), [("It", "It (Paperback)"), ("原子習慣：實證法則", "原子習慣"), ("Émile", "EMILE")]
)
def test_headings_that_confirm(name: str, heading: str) -> None:
    assert read_product(book(name=name), heading=heading).title == name


def test_missing_heading_confirms() -> None:
    assert read_product(BOOK, heading="") == RIGHT


@pytest.mark.parametrize("heading", ["", "Songs"])
def test_product_beside_an_unreadable_one_must_be_the_heading(heading: str) -> None:
    broken = '{"@type": "Book", "name": "The "Lighthouse" Keeper"}'
    extraction = read_json(OTHER, broken, heading=heading)
    assert read_product(OTHER, broken, heading="Harbour songs").title == "Harbour Songs"

    assert reasons(extraction, "product") == ["the page has other descriptions, which cannot be read"]


@pytest.mark.parametrize(
    ("name", "title"),
    [
        ("  The \n Lighthouse  ", "The Lighthouse"),
        ("L&#39;Avare &amp;amp; le phare", "L'Avare & le phare"),
        ("A&B &copy", "A&B &copy"),
        ("Stra&amp;szlig;e", "Straße"),
        ({"@value": "Plage", "@language": "fr"}, "Plage"),
    ],
)
def test_titles(name: Any, title: str) -> None:
    assert read_product(book(name=name), heading="").title == title


@pytest.mark.parametrize("name", [None, "", " ", ["Keeper", "Songs"], "a\x00b", "\udc80", "x" * 501, "<b>Keeper</b>"])
def test_unreadable_titles_are_doubts(name: Any) -> None:
    extraction = read_json(book(name=name), heading="")

    assert extraction.kind == Kind.IN_DOUBT
    assert len(reasons(extraction, "title")) == 1


@pytest.mark.parametrize(
    ("stated", "expected"),
    [
        ({"isbn": "978-0-306-40615-7"}, ISBN),
        ({"isbn": "0-306-40615-2"}, ISBN),
        ({"isbn": 9780306406157}, ISBN),
        ({"isbn": "urn:isbn:9780306406157"}, ISBN),
        ({"gtin13": ISBN}, ISBN),
        ({"gtin14": "0" + ISBN}, ISBN),
        ({"productID": f"isbn:{ISBN}"}, ISBN),
        ({"@id": f"urn:isbn:{ISBN}"}, ISBN),
        ({"identifier": {"@type": "PropertyValue", "propertyID": "ISBN-13", "value": "978-0-306-40615-7"}}, ISBN),
        ({"identifier": [{"name": "isbn", "value": ISBN}, {"propertyID": "ISBN10", "value": "0306406152"}]}, ISBN),
        ({"additionalProperty": [{"name": "ISBN", "value": ISBN}, {"name": "Pages", "value": "300"}]}, ISBN),
        ({"additionalProperty": [{"name": "ISBN of the e-book", "value": ISBN}]}, None),
        ({"isbn": ISBN, "identifier": {"propertyID": "isbn", "value": OTHER_ISBN}}, None),
        ({"sku": ISBN}, ISBN),
        ({"isbn": "9780306406158", "gtin13": ISBN}, ISBN),
        ({"offers": offer(gtin13=ISBN)}, ISBN),
        ({"gtin13": ISBN, "sku": OTHER_ISBN}, ISBN),
        ({"isbn": ISBN, "gtin13": OTHER_ISBN}, None),
        ({"isbn": [ISBN, OTHER_ISBN]}, None),
        ({"isbn": "9780306406158"}, None),
        ({"isbn": "4770833862422"}, None),
        ({"isbn": "9790060115615"}, None),
        ({"sku": "0306406152"}, None),
        ({}, None),
    ],
)
def test_isbns(stated: dict[str, Any], expected: str | None) -> None:
    product = read_product(book(isbn=None) | stated)

    assert (product.isbn_13, product.price) == (expected, RIGHT.price)


@pytest.mark.parametrize("page_type", ["SearchResultsPage", "CollectionPage"])
def test_only_product_of_a_list_is_a_doubt(page_type: str) -> None:
    extraction = read_json({"@type": page_type, "name": "Lighthouse"}, BOOK)

    assert reasons(extraction, "product") == ["the page states that it is a list"]
    assert read_product({"@type": page_type}, book(url=URL)) == RIGHT


def test_product_that_only_has_a_rating_is_a_doubt() -> None:
    rated = {"@type": "Product", "name": "The Lighthouse Keeper", "aggregateRating": {"ratingValue": 5}}

    assert reasons(read_json(rated), "product") == ["the product states no offer and no ISBN"]


def test_page_with_a_variant_in_its_address() -> None:
    variants = [
        {"name": f"Keeper {number}", "isbn": isbn, "offers": offer(price=price, url=f"{URL}?variant={number}")}
        for number, isbn, price in ((1, OTHER_ISBN, "3.00"), (2, ISBN, "12.50"))
    ]
    group = book(isbn=None, offers=None, hasVariant=variants, url=URL) | {"@type": "ProductGroup"}

    assert read_product(group, url=f"{URL}?variant=2") == RIGHT
    assert read_product(group, url=URL).price is None
