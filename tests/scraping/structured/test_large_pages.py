"""Pages that are large or refer to themselves are read in linear time."""

import json

import pytest

from tests.scraping.structured.pages import BOOK, MICRODATA, RIGHT, book, html, offer, read_html, script

COUNT = 20_000
PAGES = {
    "spaces in JSON": script(json.dumps(BOOK)[:-1] + " " * 900_000 + "]"),
    "spaces in a price": script(book(offers=offer(price="1" + " 1" * COUNT))),
    "entities in a name": script(book(name="&amp;" * COUNT)),
    "offers": script(book(offers=[offer(price=number) for number in range(5_000)])),
    "references to one offer": script([book(offers=[{"@id": "#o"}] * COUNT), *[{"@id": "#o", **offer()}] * 5_000]),
    "references of references": script([
        {"@id": f"#{level}", "@type": "Offer", "offers": [{"@id": f"#{level + 1}"}] * 100} for level in range(40)
    ] + [book(offers={"@id": "#0"})]),
    "products": script([BOOK | {"url": "#x", "name": f"Book {number}"} for number in range(2_000)]),
    "items": MICRODATA * 500,
    "nested items": '<div itemscope itemtype="http://schema.org/WebPage">' * 1_900 + MICRODATA * 100,
    "nested texts": '<div itemprop="name">' * 1_900 + "text " * 100_000,
    "itemref": f'<div id="a" itemscope itemref="{"a " * COUNT}">' * 1_000,
    "commas": script('{"a": [' + "1, " * 200_000 + "]"),
    "quotes": script('"' * 500_000),
}  # fmt: skip


@pytest.mark.parametrize("name", PAGES)
def test_large_page(name: str) -> None:
    extraction = read_html(html(PAGES[name]))

    assert extraction.product is None or extraction.product.price in {None, RIGHT.price}
