"""Reads the rows of an export in batches, each after the last row of the one before.

No statement reads more than one batch, so memory does not grow with the catalogue, no transaction stays open, and
PgBouncer may run each statement on another connection. Rows that change during an export are exported as they are when
their batch is read.
"""

from collections.abc import Iterator
from typing import Any

from django.db.models import QuerySet

from books.availability import is_in_stock
from books.book_rows import FIELDS, load_book_rows
from books.models import Book, PriceObservation
from core.pagination.keyset import KeysetOrdering

BATCH = 500  # rows
LONG_FIELDS = ("description", "languages")  # which lists of books leave out
BOOK_COLUMNS = (*FIELDS, *LONG_FIELDS)
PRICE_SOURCES = {
    "book": "book_id",
    "title": "book__title",
    "source": "book__source",
    "source_key": "book__source_key",
    "isbn_13": "book__isbn_13",
    "upc": "book__upc",
    "category": "book__category__name",
    "price": "price",
    "currency": "currency",
    "in_stock": "availability",  # derived from it
    "availability": "availability",
    "stock": "stock",
    "observed_at": "observed_at",
}
PRICE_COLUMNS = tuple(PRICE_SOURCES)
Row = dict[str, Any]


def read_books(books: QuerySet[Book]) -> Iterator[list[Row]]:
    """The fields of the API's lists, the description and the languages."""
    for positions in KeysetOrdering(books).batches(BATCH):
        yield load_book_rows([position[-1] for position in positions], further_columns=LONG_FIELDS)


def read_observations(observations: QuerySet[PriceObservation]) -> Iterator[list[Row]]:
    """Observations with the book that they belong to, in the order in which they were stored."""
    rows = observations.order_by("pk").values_list("pk", *PRICE_SOURCES.values())
    last = 0
    while batch := list(rows.filter(pk__gt=last)[:BATCH]):
        yield [_to_row(values[1:]) for values in batch]
        last = batch[-1][0]


def _to_row(values: tuple[Any, ...]) -> Row:
    row = dict(zip(PRICE_COLUMNS, values, strict=True))
    return {**row, "in_stock": is_in_stock(row["availability"])}
