"""Reads the products of a listing page one by one. Pure."""

from collections.abc import Callable, Sequence

from scraping.errors import ParseError
from scraping.parsing.element import Element
from scraping.sites.site import ListingEntry, UnreadableEntry


def read_entries(
    products: Sequence[Element],
    *,
    first_position: int,
    read_url: Callable[[Element], str],
    read_entry: Callable[[Element, int, str], ListingEntry],
) -> tuple[tuple[ListingEntry, ...], tuple[UnreadableEntry, ...]]:
    """Reads each product of a listing alone, so that an unreadable one does not hide the others."""
    entries, unreadable = [], []
    for position, product in enumerate(products, first_position):
        url = None
        try:
            url = read_url(product)
            entries.append(read_entry(product, position, url))
        except ParseError as error:
            unreadable.append(UnreadableEntry(position=position, url=url, field=error.field, detail=error.detail))
    return tuple(entries), tuple(unreadable)
