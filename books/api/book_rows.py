"""Loads a page of books as JSON rows by their primary keys.

Creating model instances and serializing them takes three times as long. Uncached lists would then miss their minimum
rate in benchmarks/suite.py.
"""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from books.models import Authorship, Book

FIELDS = [
    "id", "title", "authors", "category", "source", "source_key", "upc", "isbn_13", "work_key", "first_publish_year",
    "price", "currency", "in_stock", "stock", "rating", "cover_url", "product_url", "missing_since", "created_at",
    "updated_at",
]  # fmt: skip
COLUMNS = [name for name in FIELDS if name not in {"authors", "category"}]
BookRow = dict[str, Any]


def load_book_rows(keys: Sequence[int]) -> list[BookRow]:
    """The books in the order of `keys`; deleted ones are left out."""
    authors = defaultdict(list)
    authorships = Authorship.objects.filter(book__in=keys).values_list("book_id", "author_id", "author__name")
    for book_id, author_id, name in authorships:
        authors[book_id].append({"id": author_id, "name": name})
    books = Book.objects.order_by().filter(pk__in=keys).values_list(*COLUMNS, "category_id", "category__name")
    rows = {row[0]: _to_json(row, authors[row[0]]) for row in books}
    return [rows[key] for key in keys if key in rows]


def _to_json(row: Sequence[Any], authors: list[BookRow]) -> BookRow:
    *columns, category, category_name = row
    values = dict(zip(COLUMNS, columns, strict=True))
    values["price"] = None if values["price"] is None else f"{values['price']:.2f}"
    values["authors"] = authors
    values["category"] = None if category is None else {"id": category, "name": category_name}
    return {name: values[name] for name in FIELDS}
