"""Export of books as CSV."""

import re
from collections.abc import Iterator
from typing import Any

from django.db.models import QuerySet

from books.models import Book

# Characters that start a formula at the start of a cell. Spreadsheets in many countries split cells at semicolons too.
FORMULA = re.compile(r"(^|[;\t\r\n])(?=[=+\-@\t\r\n＝＋－＠])")
COLUMNS = (
    "id", "title", "authors", "category", "source", "source_key", "upc", "isbn_13", "work_key", "first_publish_year",
    "price", "currency", "in_stock", "stock", "rating", "product_url",
)  # fmt: skip


def export_rows(books: QuerySet[Book]) -> Iterator[list[str]]:
    """The values of COLUMNS for each book, safe for spreadsheets."""
    for book in books.select_related("category").prefetch_related("authorships__author"):
        authors = "; ".join(authorship.author.name for authorship in book.authorships.all())
        related = {"authors": authors, "category": book.category.name if book.category else ""}
        yield [escape_formula(related.get(name, getattr(book, name, ""))) for name in COLUMNS]


def escape_formula(value: Any) -> str:
    """Prefixes text that a spreadsheet would run as a formula with an apostrophe."""
    return FORMULA.sub(r"\1'", value) if isinstance(value, str) else "" if value is None else str(value)
