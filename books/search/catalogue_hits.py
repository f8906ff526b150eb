"""The catalogue's own hits of a search: books by title, best first, and then books by author."""

from collections.abc import Collection
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Self

from django.db.models import Q, QuerySet

from books.isbn import parse_isbn
from books.models import Book
from books.openlibrary.values import parse_reference
from books.search.titles import MIN_LETTERS, only_author_contains, rank_by_title, title_contains
from core.text import fold_to_key

MAX_HITS = 10_000  # counted and listed


@dataclass(frozen=True, slots=True)
class SearchText:
    """A search text, which may be an ISBN, or the key of a work or an edition of Open Library."""

    text: str
    isbn_13: str | None
    key: str | None

    @classmethod
    def parse(cls, text: str) -> Self:
        return cls(text, parse_isbn(text), parse_reference(text))

    @property
    def is_identifier(self) -> bool:
        return bool(self.isbn_13 or self.key)


class CatalogueHits:
    """Books with the ISBN or the key of Open Library if one is given, else with the text in title or author.

    A single letter finds the books with this title.
    """

    def __init__(self, query: SearchText) -> None:
        self._text = query.text
        folded = fold_to_key(query.text)
        self._is_by_title = not query.is_identifier and len(folded) >= MIN_LETTERS
        books: QuerySet[Book] = Book.objects.published()
        if query.isbn_13:
            self._others = books.filter(isbn_13=query.isbn_13)
        elif query.key:
            self._others = books.filter(Q(work_key=query.key) | Q(source="open_library", source_key=query.key))
        elif self._is_by_title:
            self._others = only_author_contains(books, query.text)
        else:
            self._others = books.filter(title_key=folded)

    @cached_property
    def _titles(self) -> Any:
        return rank_by_title(Book.objects.published(), self._text)

    @cached_property
    def _title_count(self) -> int:
        return int(self._titles.count_up_to(MAX_HITS)) if self._is_by_title else 0

    @cached_property
    def count(self) -> int:
        return self._title_count + self._others.values("pk")[: MAX_HITS - self._title_count].count()

    def load(self, start: int, stop: int) -> list[Book]:
        """The books of a part of the list."""
        titles = self._title_count
        keys = list(self._titles.keys(start, min(stop, titles))) if start < titles else []
        first, last = max(start, titles) - titles, min(stop, self.count) - titles
        if first < last:
            keys += self._others.order_by("title_key", "pk").values_list("pk", flat=True)[first:last]
        books = Book.objects.with_authors().in_bulk(keys)
        return [books[key] for key in keys if key in books]  # a book may have been deleted in the meantime

    def find_listed(self, books: Collection[int]) -> "QuerySet[Book, Any]":
        """The books among these that are hits, on any page."""
        among = Book.objects.published().filter(pk__in=books)
        is_hit = Q(pk__in=self._others.filter(pk__in=books).values("pk"))
        if self._is_by_title:
            is_hit |= Q(pk__in=title_contains(among, self._text).values("pk"))
        return among.filter(is_hit)
