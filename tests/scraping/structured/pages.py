"""Pages of an invented shop, and the fields that a reading may have."""

import json
from decimal import Decimal
from typing import Any

from scraping.page import Page
from scraping.structured.extraction import NO_HINTS, Availability, Extraction, Hints, Offered
from scraping.structured.reader import read

URL = "https://shop.example/book/the-lighthouse-keeper"
ISBN, OTHER_ISBN, THIRD_ISBN = "9780306406157", "9783161484100", "9781861972712"
RIGHT = Offered(
    title="The Lighthouse Keeper",
    authors=("Ada Marsh",),
    isbn_13=ISBN,
    price=Decimal("12.50"),
    currency="EUR",
    availability=Availability.IN,
)
OFFER = {
    "@type": "Offer", "price": "12.50", "priceCurrency": "EUR", "availability": "https://schema.org/InStock",
}  # fmt: skip
BOOK = {
    "@context": "https://schema.org", "@type": "Book", "name": "The Lighthouse Keeper",
    "author": {"@type": "Person", "name": "Ada Marsh"}, "isbn": ISBN, "offers": OFFER,
}  # fmt: skip
OTHER = {
    "@context": "https://schema.org", "@type": "Product", "name": "Harbour Songs", "isbn": OTHER_ISBN,
    "offers": {"@type": "Offer", "price": "3.20", "priceCurrency": "EUR"},
}  # fmt: skip
MICRODATA = f"""
<div itemscope itemtype="https://schema.org/Book">
  <h1 itemprop="name">The Lighthouse Keeper</h1>
  <span itemprop="author" itemscope itemtype="https://schema.org/Person">
    <a itemprop="name" href="/a">Ada Marsh</a></span>
  <p>ISBN <span itemprop="isbn">{ISBN}</span></p>
  <div itemprop="offers" itemscope itemtype="https://schema.org/Offer">
    <meta itemprop="priceCurrency" content="EUR"><span itemprop="price">12.50</span>
    <link itemprop="availability" href="https://schema.org/InStock">
  </div>
</div>"""


def book(**changes: Any) -> dict[str, Any]:
    """The book with other properties. None removes one."""
    return {key: value for key, value in (BOOK | changes).items() if value is not None}


def offer(**changes: Any) -> dict[str, Any]:
    return {key: value for key, value in (OFFER | changes).items() if value is not None}


def script(data: Any) -> str:
    text = data if isinstance(data, str) else json.dumps(data)
    return f'<script type="application/ld+json">{text}</script>'


def html(*parts: str, heading: str = "The Lighthouse Keeper") -> str:
    title = f"<h1>{heading}</h1>" if heading else ""
    return f"<!DOCTYPE html><html><head><meta charset='utf-8'></head><body>{title}{''.join(parts)}</body></html>"


def read_html(text: str, *, url: str = URL, hints: Hints = NO_HINTS) -> Extraction:
    return read(Page(url, text), hints)


def read_json(
    *data: Any, heading: str = "The Lighthouse Keeper", url: str = URL, hints: Hints = NO_HINTS
) -> Extraction:
    return read_html(html(*map(script, data), heading=heading), url=url, hints=hints)


def read_product(*data: Any, **options: Any) -> Offered:
    """The product of a page that must have one."""
    product = read_json(*data, **options).product
    assert product
    return product


def reasons(extraction: Extraction, field: str = "price") -> list[str]:
    return [doubt.reason for doubt in extraction.doubts if doubt.field == field]
