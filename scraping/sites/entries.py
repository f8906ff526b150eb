"""Reads the products of a listing page one by one. Pure."""

from collections.abc import Callable, Sequence

from scraping.errors import ParseError
from scraping.parsing.element import Element
from scraping.sites.site import ListingEntry, UnreadableEntry


def read_entries(
    products: Sequence[Element],
    *,
    first_position: int,
    find_link: Callable[[Element], Element],
    read_entry: Callable[[Element, Element, int], ListingEntry],
) -> tuple[tuple[ListingEntry, ...], tuple[UnreadableEntry, ...]]:
    """Reads each product of a listing alone, so that an unreadable one does not hide the others.

    `find_link` returns the link to the product's page. `read_entry` receives the product, the link and the position.
    """
    entries, unreadable = [], []
    for position, product in enumerate(products, first_position):
        url = None
        try:
            link = find_link(product)
            url = link.get_url("href", "url")
            entries.append(read_entry(product, link, position))
        except ParseError as error:
            unreadable.append(UnreadableEntry(position=position, url=url, field=error.field, detail=error.detail))
    return tuple(entries), tuple(unreadable)
