"""A page of books as an answer shows it, from the keys of its books.

Its two statements are composed once for each size of a page: the ORM takes longer to compose them than the database to
answer, and longer still to make objects of rows that are only to be shown.
"""

from collections import defaultdict
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from books.models import Authorship, Book
from core.db.compiled import Compiled, Parameter

FIELDS = [
    "id", "title", "authors", "category", "source", "source_key", "upc", "isbn_13", "work_key", "first_publish_year",
    "price", "currency", "in_stock", "stock", "rating", "cover_url", "product_url", "missing_since", "created_at",
    "updated_at",
]  # fmt: skip
OWN = [name for name in FIELDS if name not in {"authors", "category"}]
Shown = dict[str, Any]


def shown(keys: Sequence[int]) -> list[Shown]:
    """The books in the order of their keys, without those that have gone."""
    if not keys:
        return []
    given = {f"key{place}": key for place, key in enumerate(keys)}
    authors = defaultdict(list)
    for book, author, name in _authors(len(keys)).all(**given):
        authors[book].append({"id": author, "name": name})
    books = {row[0]: _shown(row, authors[row[0]]) for row in _books(len(keys)).all(**given)}
    return [books[key] for key in keys if key in books]


def _shown(row: Sequence[Any], authors: list[Shown]) -> Shown:
    *own, category, category_name = row
    values = dict(zip(OWN, own, strict=True))
    values["price"] = None if values["price"] is None else f"{values['price']:.2f}"
    values["authors"] = authors
    values["category"] = None if category is None else {"id": category, "name": category_name}
    return {name: values[name] for name in FIELDS}


@lru_cache
def _books(count: int) -> Compiled:
    columns = [*OWN, "category_id", "category__name"]
    return Compiled(lambda: Book.objects.order_by().filter(pk__in=_keys(count)).values_list(*columns))


@lru_cache
def _authors(count: int) -> Compiled:
    columns = ("book_id", "author_id", "author__name")
    return Compiled(lambda: Authorship.objects.filter(book__id__in=_keys(count)).values_list(*columns))


def _keys(count: int) -> list[Parameter]:
    return [Parameter(f"key{place}") for place in range(count)]
