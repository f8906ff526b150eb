"""The books of lists, as rows with the addresses of their covers."""

from collections.abc import Sequence

from books.api.book_rows import BookRow, load_book_rows
from books.covers.addresses import cover_addresses

GRID_WIDTH, ROW_WIDTH = 240, 120  # pixels of a cover, twice the shown width for dense screens


def load_cards(keys: Sequence[int], *, width: int = GRID_WIDTH) -> list[BookRow]:
    """The books in the order of `keys`; deleted ones are left out."""
    return with_covers(load_book_rows(keys), width=width)


def with_covers(rows: list[BookRow], *, width: int) -> list[BookRow]:
    """Adds `cover`, the path of the image."""
    addresses = cover_addresses({row["id"]: row["cover_url"] for row in rows}, width)
    return [{**row, "cover": addresses[row["id"]]} for row in rows]
