"""Export of books as CSV."""

import re
from collections.abc import Iterator
from typing import Any

from django.db.models import QuerySet

from books.models import Book

COLUMNS = (
    "id", "title", "subtitle", "authors", "category", "source", "source_key", "upc", "isbn_13", "work_key",
    "first_publish_year", "price", "currency", "in_stock", "stock", "rating", "product_url",
    "cover_url", "missing_since", "description",
)  # fmt: skip
# Signs that start a formula: also full-width and small forms, which East Asian spreadsheets accept, and the minus sign.
SIGNS = ("=", "+", "-", "@", "＝", "＋", "－", "＠", "﹢", "﹣", "﹦", "﹫", "\u2212")
# A spreadsheet may drop these before it looks for a sign: blanks, quotes, control and invisible characters.
IGNORED = r"\s\"'`\x00-\x1f\x7f-\xa0\xab\xad\xb4\xbb\u180e\u200b-\u200f\u2018-\u201f\u202a-\u202e\u2060-\u206f\ufeff"
# Besides commas, spreadsheets separate cells at semicolons or tabs, and rows at any line end.
SEPARATOR = re.compile(r"[;\t\r\n]")
# The start of a cell, with its sign if it has one. The possessive quantifier keeps matching linear.
CELL_START = re.compile(rf"{SEPARATOR.pattern}[{IGNORED}]*+[{''.join(map(re.escape, SIGNS))}]?")


def export_rows(books: QuerySet[Book]) -> Iterator[list[str]]:
    """The values of COLUMNS for each book, safe for spreadsheets."""
    for book in books.select_related("category").prefetch_related("authorships__author"):
        authors = "; ".join(authorship.shown_name for authorship in book.authorships.all())
        related = {"authors": authors, "category": book.category.name if book.category else ""}
        yield [escape_formula(related.get(name, getattr(book, name, ""))) for name in COLUMNS]


def escape_formula(value: Any) -> str:
    """Prefixes cells that a spreadsheet would run as a formula with an apostrophe, for any separator of cells.

    Removing one apostrophe from the start of each such cell restores the text.
    """
    if not isinstance(value, str):
        return "" if value is None else str(value)
    return CELL_START.sub(_add_apostrophes, f";{value}")[1:]


def _add_apostrophes(cell_start: re.Match[str]) -> str:
    text = cell_start[0]
    starts_value_with_line_end = cell_start.start() == 0 and SEPARATOR.search(text, 1)
    if text.endswith(SIGNS) or starts_value_with_line_end:
        return SEPARATOR.sub(r"\g<0>'", text)
    return text
