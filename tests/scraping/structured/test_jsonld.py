"""JSON-LD: syntax, mistakes of templates, references."""

import json
from typing import Any

import pytest

from scraping.structured.extraction import Kind, Source
from tests.scraping.structured.pages import (
    BOOK,
    OFFER,
    RIGHT,
    book,
    html,
    offer,
    read_html,
    read_json,
    read_product,
    reasons,
    script,
)
from tests.scraping.structured.recorded import without_works

TEXT = json.dumps(BOOK)


def test_every_field_has_its_source() -> None:
    extraction = read_json(BOOK)

    assert (extraction.kind, extraction.product, extraction.doubts) == (Kind.READ, RIGHT, ())
    assert set(extraction.sources) == {"title", "authors", "isbn_13", "price", "currency", "availability"}
    assert set(extraction.sources.values()) == {Source.JSON_LD}


@pytest.mark.parametrize(
    "text",
    [
        f"\ufeff {TEXT}",
        f"<!-- {TEXT} -->",
        f"//<![CDATA[\n{TEXT}\n//]]>",
        f"/* <![CDATA[ */ {TEXT} /* ]]> */",
        f"<![CDATA[{TEXT}]]>",
        f"{TEXT};",
        TEXT.replace('"name": "The', '"description": "one\nline\tand \x0b another", "name": "The'),
        TEXT.replace('"name": "The', r""""description": "isn\'t valid", "name": "The"""),
        TEXT[:-1] + ",}",
        f"[{TEXT},]",
        f"[[{TEXT}], null, 5]",
        json.dumps({"@context": "https://schema.org", "@graph": [{"@type": "WebSite", "name": "Shop"}, BOOK]}),
        json.dumps({"@type": "WebPage", "mainEntity": BOOK}),
        TEXT.replace('"Book"', '"BOOK"'),
        TEXT.replace('"Book"', '["http://schema.org/Product", "schema:Book"]'),
        TEXT.replace('"offers": {', '"offers": [{').replace('InStock"}', 'InStock"}]'),
        TEXT.replace('"12.50"', "12.50"),
        TEXT.replace('"name"', '"schema:name"'),
        TEXT.replace("The Lighthouse", "The &amp;#76;ighthouse"),
    ],
)
def test_variations_of_the_syntax(text: str) -> None:
    assert without_works(read_json(text).product) == RIGHT


@pytest.mark.parametrize(
    "text",
    [
        TEXT[:-1],
        TEXT.replace("The Lighthouse", 'The "Lighthouse"'),
        TEXT.replace('"', "&quot;"),
        TEXT + TEXT,
        "",
        "[" * 100_000,
        '{"a":' * 60 + TEXT + "}" * 60,
        "[" * 60 + TEXT + "]" * 60,
        TEXT.replace("https://schema.org", "https://vocabulary.example"),
        "5",
        '"text"',
    ],
)
def test_invalid_json_and_other_vocabularies_state_nothing(text: str) -> None:
    extraction = read_json(text)

    assert (extraction.kind, extraction.product) == (Kind.NONE, None)


def test_unreadable_script_is_reported_with_its_text() -> None:
    (problem,) = read_json(TEXT[:-1]).doubts

    assert (problem.field, problem.text[:20]) == ("markup", TEXT[:20])
    assert "not valid JSON" in problem.reason


def test_script_with_parameters_and_other_scripts() -> None:
    page = html(script(BOOK).replace("ld+json", "LD+JSON; charset=utf-8"), "<script>var a = {};</script>")

    assert read_html(page).product == RIGHT


def test_price_of_a_repaired_offer_is_in_doubt() -> None:
    extraction = read_json(TEXT.replace('InStock"}', 'InStock",}'))

    assert extraction.product
    assert (extraction.kind, extraction.product.price) == (Kind.IN_DOUBT, None)
    assert reasons(extraction) == ["the JSON of the offer is not valid and had to be repaired"]


def test_repeated_key_counts_with_all_its_values() -> None:
    extraction = read_json(TEXT.replace('"price": "12.50"', '"price": "12.50", "price": "9.00"'))

    assert reasons(extraction) == ["the page states several prices"]


def test_references_are_followed() -> None:
    linked: Any = book(offers={"@id": "#offer"}, author=[{"@id": "#ada"}])
    graph = [linked, {"@id": "#offer", **OFFER}, {"@id": "#ada", "@type": "Person", "name": "Ada Marsh"}]

    assert read_product({"@context": "https://schema.org", "@graph": graph}) == RIGHT


def test_references_in_a_circle_end() -> None:
    circle = [{"@id": "#a", "@type": "Book", "workExample": {"@id": "#b"}}, {"@id": "#b", "workExample": {"@id": "#a"}}]

    assert read_json(circle).kind == Kind.IN_DOUBT  # a book without a name


def test_two_offers_with_one_identifier_must_agree() -> None:
    graph = [book(offers={"@id": "#o"}), {"@id": "#o", **OFFER}, {"@id": "#o", **offer(price="3.00")}]

    assert reasons(read_json(graph)) == ["the page states several prices"]


@pytest.mark.parametrize(
    ("author", "expected"),
    [
        ("Ada Marsh", ("Ada Marsh",)),
        ([{"name": "Ada Marsh"}, "Ben Cole", {"name": "ADA MARSH"}], ("Ada Marsh", "Ben Cole")),
        ("https://shop.example/author/1", ()),
        ({"@type": "Person"}, ()),
        ({"name": ["Ada", "Ben"]}, ()),
        ({"@value": "Ada Marsh"}, ("Ada Marsh",)),
        ("Marsh, Ada", ("Marsh, Ada",)),
        ("Ada Marsh; Ben Cole", ("Ada Marsh", "Ben Cole")),
        ("M&uuml;ller; Cole", ("Müller", "Cole")),
        ("by Ada Marsh", ("Ada Marsh",)),
        ("Author: Ada Marsh", ()),
        ("N/A", ()),
        ("Unknown", ()),
        ([" - ", "Ada Marsh"], ("Ada Marsh",)),
        ("\ud800 \x00", ()),
        (None, ()),
        (5, ("5",)),
    ],
)
def test_authors(author: Any, expected: tuple[str, ...]) -> None:
    assert read_product(book(author=author)).authors == expected
