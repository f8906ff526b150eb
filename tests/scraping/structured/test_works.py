"""Descriptions and covers: the first ones that the product's statements have."""

from typing import Any

import pytest

from scraping.structured.descriptions import MAX_LENGTH, clean_description
from scraping.structured.extraction import Offered, Source
from tests.scraping.structured.pages import BOOK, MICRODATA, OFFER, URL, book, html, offer, read_html, script

IMAGE = "https://images.example/keeper.jpg"
OPENGRAPH = (
    '<meta property="og:type" content="book"><meta property="og:description" content="From OpenGraph">'
    f'<meta property="og:image" content="{IMAGE}">'
)


def read(*parts: str) -> Offered:
    product = read_html(html(*parts)).product
    assert product is not None
    return product


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("A storm. ", "A storm."),
        ("<p>A storm.</p><p>A  light</p>", "A storm.\n\nA light"),
        ("&lt;p&gt;Smith &amp;amp; Sons&lt;/p&gt;", "Smith & Sons"),
        ("One<br>two<br/>three", "One\ntwo\nthree"),
        ("<div>One <b>and</b> two</div><ul><li>a</li> <li>b</li></ul>", "One and two\na\nb"),
        ("First\r\nline\n\n\n\nlast", "First\nline\n\nlast"),
        ("a < b and c > d", "a < b and c > d"),
        ("I <3 <i>books</i>, 1 < 2", "I <3 books, 1 < 2"),
        ('<img src=x onerror="alert(1)">Text<!-- hidden <b> -->', "Text"),
        ("H<sub>2</sub>O", "H2O"),
        ("nul\x00 bell\x07 and \ufffe", "nul bell and"),
        ("<p> </p>", None),
        (" ", None),
    ],
)
def test_descriptions_are_plain_text(text: str, plain: str | None) -> None:
    assert clean_description(text) == plain
    assert read(script(book(description=text))).description == plain


def test_scripts_are_no_text() -> None:
    assert clean_description("<script>alert(1)</script><style>p {}</style>Text") == "Text"


def test_a_long_description_ends_with_an_ellipsis() -> None:
    description = read(script(book(description="word " * 5_000))).description

    assert description is not None
    assert len(description) <= MAX_LENGTH
    assert description.endswith("word…")


def test_microdata_states_paragraphs_and_an_image() -> None:
    works = (
        '<div itemprop="description"><p>One &amp; only</p><p>Two<br>lines</p></div><img itemprop="image" src="/k.jpg">'
    )
    extraction = read_html(html(MICRODATA.replace("<p>ISBN", f"{works}<p>ISBN"), heading=""))

    assert extraction.product is not None
    assert extraction.product.description == "One & only\n\nTwo\nlines"
    assert extraction.product.cover_url == "https://shop.example/k.jpg"
    assert extraction.sources["description"] == extraction.sources["cover_url"] == Source.MICRODATA


@pytest.mark.parametrize(
    ("image", "address"),
    [
        (IMAGE, IMAGE),
        ("/keeper.jpg", "https://shop.example/keeper.jpg"),
        ("//images.example/keeper.jpg", IMAGE),
        (["", IMAGE, "https://images.example/back.jpg"], IMAGE),
        ({"@type": "ImageObject", "url": IMAGE}, IMAGE),
        ({"@type": "ImageObject", "contentUrl": IMAGE, "url": "https://shop.example/image-page"}, IMAGE),
        ([{"@type": "ImageObject"}, {"@type": "ImageObject", "url": [IMAGE]}], IMAGE),
        ("data:image/png;base64,AAAA", None),
        ("javascript:alert(1)", None),
        ("ftp://images.example/keeper.jpg", None),
        ("https://user:secret@images.example/keeper.jpg", None),
        ("https://[broken", None),
        (f"https://images.example/{'x' * 1_000}", None),
        (7, None),
        (None, None),
    ],
)
def test_a_cover_is_an_absolute_address_of_the_web(image: Any, address: str | None) -> None:
    assert read(script(book(image=image, url=URL))).cover_url == address


def test_an_image_can_be_defined_elsewhere() -> None:
    graph = [book(image={"@id": "#cover"}), {"@type": "ImageObject", "@id": "#cover", "url": IMAGE}]

    assert read(script({"@context": "https://schema.org", "@graph": graph})).cover_url == IMAGE


def test_an_edition_states_its_own_cover() -> None:
    edition = {"@type": "Book", "offers": OFFER, "image": IMAGE, "description": "The edition"}
    work = book(offers=None, image="https://images.example/work.jpg", description="The work", workExample=edition)

    product = read(script(work))

    assert (product.cover_url, product.description) == (IMAGE, "The edition")


def test_opengraph_describes_a_product_only_if_it_states_the_type() -> None:
    extraction = read_html(html(OPENGRAPH, script(BOOK)))
    website = read(OPENGRAPH.replace('"book"', '"website"'), script(BOOK))

    assert extraction.product is not None
    assert (extraction.product.description, extraction.product.cover_url) == ("From OpenGraph", IMAGE)
    assert extraction.sources["cover_url"] == Source.OPENGRAPH
    assert (website.description, website.cover_url) == (None, None)


def test_works_of_other_products_and_offers_are_left_out() -> None:
    other = {"@type": "Product", "name": "Harbour Songs", "image": IMAGE, "description": "Songs"}
    product = read(script(book(isRelatedTo=[other], offers=offer(image=IMAGE, description="By post"))))

    assert (product.description, product.cover_url) == (None, None)
