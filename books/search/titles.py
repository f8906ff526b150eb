"""Title search, ranked: equal titles first, then titles that start with the text, that contain it as words, that
contain it anywhere. Within a rank by title.
"""

from typing import Any

from django.db.models import Q, QuerySet

from books.models import Author, Authorship, Book
from books.search.trigram_index import INDEXED, ContainsByScan, count_matches, find_if_few
from core.pagination.keyset import slice_ranges
from core.text import fold_to_key

MIN_LETTERS = 2
MAX_SORTED = 2_000  # with more hits, the title index is scanned rank by rank
HIGHEST_CHARACTER = chr(0x10FFFF)


def title_contains(books: QuerySet[Book], text: str, *, max_sorted: int = MAX_SORTED) -> QuerySet[Book]:
    """Filters by title: three or more letters match anywhere, two letters match the start of a word."""
    return books.filter(_contains("book", _to_phrase(text), max_sorted))


def name_contains(rows: QuerySet[Any], text: str) -> QuerySet[Any]:
    """The same for names in a small table, which is scanned."""
    return rows.filter(ContainsByScan("name_key", _to_phrase(text)))


def author_name_contains(authors: QuerySet[Author], text: str) -> QuerySet[Author]:
    """The same for author names, also as single books state them."""
    phrase = _to_phrase(text)
    return authors.filter(_contains("author", phrase, MAX_SORTED) | _has_name_in_book(phrase))


def rank_by_title(books: QuerySet[Book], text: str, *, max_sorted: int = MAX_SORTED) -> "SortedHits | RankedHits":
    """The books with the text in their title, best first."""
    key, phrase = fold_to_key(text), _to_phrase(text)
    titles = find_if_few("book", phrase, maximum=max_sorted)
    return RankedHits(books, key, phrase, max_sorted) if titles is None else SortedHits(titles, key)


def title_or_author_contains(books: QuerySet[Book], text: str) -> QuerySet[Book]:
    """The books with the text in the title or in an author's name, also unpublished ones."""
    phrase = _to_phrase(text)
    unpublished = Book.objects.filter(ContainsByScan("title_key", phrase), is_published=False)
    in_title = _contains("book", phrase, MAX_SORTED) | Q(pk__in=unpublished.values("pk"))
    return books.filter(in_title | _author_matches(text))


def only_author_contains(books: QuerySet[Book], text: str) -> QuerySet[Book]:
    """The books with the text in an author's name and not in the title."""
    return books.filter(_author_matches(text)).exclude(_contains("book", _to_phrase(text), MAX_SORTED))


def _author_matches(text: str) -> Q:
    authorships = Authorship.objects.filter(author__in=author_name_contains(Author.objects.all(), text))
    return Q(pk__in=authorships.values("book"))


def _has_name_in_book(phrase: str) -> Q:
    """Authors with the phrase in a name that a book states. Scans the index of these names, which few books have.

    Without DISTINCT, for which SQLite would scan all authorships in the order of their authors.
    """
    stated = Authorship.objects.filter(ContainsByScan("name_key", phrase), name_key__isnull=False)
    authors = stated.order_by().values_list("author", flat=True)
    found = list(authors[: MAX_SORTED + 1])
    return Q(pk__in=set(found) if len(found) <= MAX_SORTED else authors)


class SortedHits:
    """Few hits, sorted in memory. `titles` maps book ids to folded titles."""

    def __init__(self, titles: dict[int, str], key: str) -> None:
        def sort_key(book: int) -> tuple[int, str, int]:
            return _rank(titles[book], key), titles[book], book

        self._keys = sorted(titles, key=sort_key)

    def count_up_to(self, maximum: int) -> int:
        return min(maximum, len(self._keys))

    def keys(self, start: int, stop: int) -> list[int]:
        return self._keys[start:stop]


class RankedHits:
    """Many hits: one queryset per rank, each read only as far as the page needs."""

    def __init__(self, books: QuerySet[Book], key: str, phrase: str, max_sorted: int) -> None:
        self._phrase = phrase
        is_equal = Q(title_key=key)
        is_start = Q(title_key__gte=key, title_key__lt=key + HIGHEST_CHARACTER)
        ranks = (
            is_equal,
            is_start & ~is_equal,
            _contains("book", f" {key} ", max_sorted) & ~is_start,
            _contains("book", phrase, max_sorted) & ~is_start & ~Q(ContainsByScan("title_key", f" {key} ")),
        )
        self._ranks = [books.filter(rank).order_by("title_key", "pk") for rank in ranks]

    def count_up_to(self, maximum: int) -> int:
        return count_matches("book", self._phrase, maximum=maximum)

    def keys(self, start: int, stop: int) -> list[int]:
        """Reads the keys along the index of titles alone."""
        return slice_ranges((rank.values_list("pk", flat=True) for rank in self._ranks), start, stop - start)


def _to_phrase(text: str) -> str:
    """The phrase to look up: two letters must start a word. A single sign, such as `%`, is too short for the index."""
    key = fold_to_key(text)
    return f" {key}" if len(key) == MIN_LETTERS else key


def _rank(title: str, key: str) -> int:
    ranks = (title == key, title.startswith(key), f" {key} " in f" {title} ", True)
    return ranks.index(True)


def _contains(kind: str, phrase: str, maximum: int) -> Q:
    """Selects up to `maximum` matches of the index by their keys. If there are more, the rows are scanned."""
    matches = find_if_few(kind, phrase, maximum=maximum)
    return Q(ContainsByScan(INDEXED[kind][1], phrase)) if matches is None else Q(pk__in=list(matches))
