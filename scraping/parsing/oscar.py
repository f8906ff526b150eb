"""The forms in which django-oscar shops state prices, availability, ratings and images. Pure.

Sources: `oscar/apps/partner/availability.py` for the words, `catalogue/partials/stock_record.html` for the elements,
`templatetags/reviews_tags.py` for the ratings. An unknown form of a price is returned as text, every other unknown
form is a ParseError.
"""

import re
from dataclasses import dataclass
from decimal import Decimal

from books.records import MAX_TEXT
from scraping.errors import ParseError
from scraping.parsing.element import Element

RATINGS = {"One": 1, "Two": 2, "Three": 3, "Four": 4, "Five": 5}
CURRENCIES = {"£": "GBP", "€": "EUR"}  # not "$", because many currencies use it
# English format: a comma between thousands, a point before two decimals.
AMOUNT = r"\d{1,3}(?:,\d{3}){1,2}\.\d\d|\d{1,8}\.\d\d"
PRICE = re.compile(rf"(?P<sign>[£€]) ?(?P<amount>{AMOUNT})", re.ASCII)
IN_STOCK = re.compile(r"(?:In stock|Available)(?: \((?P<copies>\d{1,9}) available\))?", re.ASCII | re.IGNORECASE)
SOLD_OUT = re.compile(r"Unavailable|Not available|Out of stock", re.ASCII | re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Price:
    """An amount with its currency, or only the `text` if its form is unknown. All are None if no price is stated."""

    amount: Decimal | None = None
    currency: str | None = None
    text: str | None = None

    @property
    def is_stated(self) -> bool:
        return self != Price()


def read_price(element: Element) -> Price:
    text = element.line
    if not text:
        return Price()
    match = PRICE.fullmatch(text)
    if not match:
        return Price(text=text[: MAX_TEXT["price_text"]])
    return Price(Decimal(match["amount"].replace(",", "")), CURRENCIES[match["sign"]])


def read_availability(scope: Element, field: str) -> tuple[bool, int | None]:
    """(in stock, number of copies); the number is None if the page does not state it."""
    paragraph = scope.find_optional("p.availability", field)
    if paragraph is None:  # Oscar's form for a product without a price: an icon with the text behind it
        icon = scope.find_one("i.icon-remove", field)
        return parse_availability(icon.line_after, scope, field)
    availability = parse_availability(paragraph.line, scope, field)
    if availability[0] and "outofstock" in paragraph.tag.get_attribute_list("class"):
        raise ParseError(scope.page_url, field, f"{paragraph.line[:80]!r} contradicts the class 'outofstock'")
    return availability


def parse_availability(text: str, scope: Element, field: str) -> tuple[bool, int | None]:
    if SOLD_OUT.fullmatch(text):
        return False, 0
    match = IN_STOCK.fullmatch(text)
    if not match:
        raise ParseError(scope.page_url, field, f"cannot be read from {text[:80]!r}")
    copies = int(match["copies"]) if match["copies"] else None
    return copies != 0, copies


def read_rating(scope: Element) -> int | None:
    """None for a book without ratings: `star-rating` without a word."""
    classes = scope.find_one("p.star-rating", "rating").tag.get_attribute_list("class")
    words = [word for word in classes if word and word != "star-rating"]
    if not words:
        return None
    if len(words) != 1 or words[0] not in RATINGS:
        raise ParseError(scope.page_url, "rating", f"cannot be read from {' '.join(words)!r}")
    return RATINGS[words[0]]


def read_cover_url(images: list[Element]) -> str | None:
    """The first image, which is the product's main image. A page that loads it later names it in `data-src`."""
    for name in ("src", "data-src") if images else ():
        value = str(images[0].tag.get(name) or "").strip()
        if value and not value.startswith("data:"):
            return images[0].get_url(name, "cover_url")
    return None
