"""Availability: the words of schema.org's ItemAvailability and of OpenGraph."""

import re
from collections.abc import Iterable

from scraping.structured.extraction import Availability, Doubt, Source, doubt
from scraping.structured.node import Node, parse_word

# Words that are missing here are unknown. MadeToOrder and Reserved are left out on purpose: they do not state whether
# the product can be bought now.
WORDS = {
    "instock": Availability.IN,
    "instoreonly": Availability.IN,
    "limitedavailability": Availability.IN,
    "onlineonly": Availability.IN,
    "preorder": Availability.PRE,
    "presale": Availability.PRE,
    "backorder": Availability.BACKORDER,
    "discontinued": Availability.OUT,
    "oos": Availability.OUT,
    "outofstock": Availability.OUT,
    "soldout": Availability.OUT,
}


def parse_availability(text: str) -> Availability | None:
    """Accepts a word with or without an address, in any case and spacing. None for an unknown word."""
    return WORDS.get(re.sub(r"[\s_-]", "", parse_word(text)))


def choose_availability(offers: Iterable[Node]) -> tuple[Availability, Source] | Doubt | None:
    stated = [(text, offer.source) for offer in offers for text in offer.members("availability")]
    known = [(value, source) for text, source in stated if (value := parse_availability(text))]
    values = {value for value, _ in known}
    if values == {Availability.OUT, Availability.BACKORDER}:  # offers that agree that there are no copies
        return next(each for each in known if each[0] == Availability.OUT)
    if len(values) > 1:
        return doubt("availability", "the page states several", ", ".join(text for text, _ in stated))
    return known[0] if known else None
