"""Exports of the catalogue, for the API, the admin and the command `export_catalogue`."""

import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import chain, islice
from typing import Any

import django_filters
from django.db import DatabaseError
from django.db.models import Model, QuerySet
from django.utils import timezone

from books.exports.filters import BookExportFilter, ObservationFilter
from books.exports.formats import CSV_WITH_BOM, FORMATS, Format
from books.exports.rows import BOOK_COLUMNS, PRICE_COLUMNS, Row, read_books, read_observations
from books.models import Book, BookQuerySet, PriceObservation

logger = logging.getLogger(__name__)

INTERRUPTED = "This export is incomplete, because the database failed. Export again."


@dataclass(frozen=True)
class Export:
    """The exported rows. `restrict` keeps the rows that a person may see; without a person the public ones."""

    name: str
    model: type[Model]
    filters: type[django_filters.FilterSet]
    columns: tuple[str, ...]
    read: Callable[[Any], Iterator[list[Row]]]
    restrict: Callable[[Any, Any], QuerySet[Any]]

    def name_file(self, format_name: str) -> str:
        return f"colophon-{self.name}-{timezone.localdate()}.{format_name}"


def restrict_books(books: BookQuerySet, user: Any) -> BookQuerySet:
    return books.visible_to(user)


def restrict_observations(observations: QuerySet[PriceObservation], user: Any) -> QuerySet[PriceObservation]:
    if user is None:
        return observations.filter(book__is_published=True)
    return observations.filter(book__in=Book.objects.all().visible_to(user).order_by().values("pk"))


EXPORTS = {
    "books": Export("books", Book, BookExportFilter, BOOK_COLUMNS, read_books, restrict_books),
    "prices": Export(
        "prices", PriceObservation, ObservationFilter, PRICE_COLUMNS, read_observations, restrict_observations
    ),
}


def choose_format(name: str, *, with_bom: bool) -> Format:
    return CSV_WITH_BOM if with_bom and name == "csv" else FORMATS[name]


def write_export(export: Export, rows: QuerySet[Any], form: Format) -> Iterator[str]:
    """The texts of the file, one for each batch of rows."""
    return form.write(export.read(rows), export.columns)


def write_download(export: Export, rows: QuerySet[Any], form: Format) -> Iterator[str]:
    """The same for a response. The first batch is read at once, while an error can still become a status."""
    batches = export.read(rows)
    first = list(islice(batches, 1))
    return form.write(chain(first, report_interruption(batches, export.columns)), export.columns)


def report_interruption(batches: Iterator[list[Row]], columns: tuple[str, ...]) -> Iterator[list[Row]]:
    """Ends an export whose database fails with a row that states it, because the status has been sent already."""
    try:
        yield from batches
    except DatabaseError:
        logger.exception("An export was interrupted.")
        yield [{**dict.fromkeys(columns), columns[0]: INTERRUPTED}]
