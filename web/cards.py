"""The books of lists, as rows with the addresses of their covers."""

from collections.abc import Sequence

from django.utils import timezone

from books.book_rows import BookRow, load_book_rows
from books.covers.addresses import cover_addresses
from books.prices.chart import sparkline
from books.prices.history import load_histories

GRID_WIDTH, ROW_WIDTH = 240, 120  # pixels of a cover, twice the shown width for dense screens


def load_cards(keys: Sequence[int], *, width: int = GRID_WIDTH) -> list[BookRow]:
    """The books in the order of `keys`; deleted ones are left out."""
    return with_covers(load_book_rows(keys), width=width)


def with_covers(rows: list[BookRow], *, width: int) -> list[BookRow]:
    """Adds `cover`, the path of the image."""
    addresses = cover_addresses({row["id"]: row["cover_url"] for row in rows}, width)
    return [{**row, "cover": addresses[row["id"]]} for row in rows]


def lay_out(rows: list[BookRow], layout: str) -> list[BookRow]:
    """The rows for the layout "grid" or "list"; a list also shows how prices changed."""
    if layout == "list":
        return with_trends(with_covers(rows, width=ROW_WIDTH))
    return with_covers(rows, width=GRID_WIDTH)


def with_trends(rows: list[BookRow]) -> list[BookRow]:
    """Adds `trend`, the line of the price in the latest currency; empty for a price that never changed."""
    histories = load_histories([row["id"] for row in rows], now=timezone.now())
    return [
        {**row, "trend": next((sparkline(history) for history in histories[row["id"]][:1] if history.change), "")}
        for row in rows
    ]
