"""Loads a page of books as JSON rows by their primary keys.

The two statements are compiled once for each page size: the ORM takes longer to compile them than the database takes
to run them, and longer still to create model instances.
"""

from collections import defaultdict
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from django.db.models.functions import Coalesce

from books.availability import is_in_stock
from books.models import Authorship, Book
from core.db.compiled import CompiledQuery, Parameter

FIELDS = [
    "id", "title", "subtitle", "authors", "category", "source", "source_key", "upc", "isbn_13", "work_key",
    "first_publish_year", "price", "currency", "price_status", "previous_price", "change_percent", "price_changed_at",
    "lowest_price", "lowest_on", "highest_price", "tracked_since", "tracked_currency", "in_stock", "availability",
    "stock", "rating", "cover_url", "product_url", "is_published", "missing_since", "last_checked_at", "created_at",
    "updated_at",
]  # fmt: skip
COLUMNS = [name for name in FIELDS if name not in {"authors", "category", "in_stock"}]
AMOUNTS = ("price", "previous_price", "change_percent", "lowest_price", "highest_price")
BookRow = dict[str, Any]


def load_book_rows(keys: Sequence[int], *, further_columns: tuple[str, ...] = ()) -> list[BookRow]:
    """The books in the order of `keys`; deleted ones are left out. `further_columns` are added to FIELDS."""
    if not keys:
        return []
    parameters = {f"key{index}": key for index, key in enumerate(keys)}
    authors = defaultdict(list)
    for book, author, name in _compile_authors(len(keys)).fetch_all(**parameters):
        authors[book].append({"id": author, "name": name})
    columns = (*COLUMNS, *further_columns)
    rows = _compile_books(len(keys), columns).fetch_all(**parameters)
    books = {row[0]: _to_json(row, columns, authors[row[0]]) for row in rows}
    return [books[key] for key in keys if key in books]


def _to_json(row: Sequence[Any], columns: Sequence[str], authors: list[BookRow]) -> BookRow:
    *plain, category, category_name = row
    values = dict(zip(columns, plain, strict=True))
    for name in AMOUNTS:
        values[name] = None if values[name] is None else f"{values[name]:.2f}"
    values["authors"], values["in_stock"] = authors, is_in_stock(values["availability"])
    values["category"] = None if category is None else {"id": category, "name": category_name}
    return {name: values[name] for name in (*FIELDS, *columns[len(COLUMNS) :])}


@lru_cache
def _compile_books(count: int, columns: tuple[str, ...]) -> CompiledQuery:
    selected = [*columns, "category_id", "category__name"]
    books = Book.objects.with_freshness().order_by()
    return CompiledQuery(lambda: books.filter(pk__in=_key_parameters(count)).values_list(*selected))


@lru_cache
def _compile_authors(count: int) -> CompiledQuery:
    columns = ("book_id", "author_id", Coalesce("name", "author__name"))
    return CompiledQuery(lambda: Authorship.objects.filter(book__id__in=_key_parameters(count)).values_list(*columns))


def _key_parameters(count: int) -> list[Parameter]:
    return [Parameter(f"key{index}") for index in range(count)]
