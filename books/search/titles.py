"""Books by the words of their titles, best first: the title itself, then those that begin with the words, that hold
them as words, that hold them at all; each of these by title.
"""

from typing import Any

from django.db.models import Q, QuerySet

from books.models import Author, Authorship, Book
from books.search.trigram_index import SHORTEST, Holds, HoldsByRow, few, hits
from core.pagination import access_path as walking
from core.pagination.keyset import walk
from core.text import key_of

FEWEST_LETTERS = 2
LAST = chr(0x10FFFF)  # sorts behind every other character


def titled(books: QuerySet[Book], text: str) -> QuerySet[Book]:
    """Those whose title holds the text: anywhere where it has three letters, at the beginning of a word where two."""
    return _holding(books, _phrase(key_of(text)))


def in_names(rows: QuerySet[Any], text: str) -> QuerySet[Any]:
    """As `titled`, for names of which there are few: each is looked at."""
    return rows.filter(HoldsByRow("name_key", _phrase(key_of(text))))


def named(authors: QuerySet[Author], text: str) -> QuerySet[Author]:
    """As `titled`, for the names of authors."""
    phrase = _phrase(key_of(text))
    return authors.filter(Holds("author", phrase) if len(phrase) >= SHORTEST else HoldsByRow("name_key", phrase))


def best_first(books: QuerySet[Book], text: str) -> "Few | Ranked":
    """The books of which the title holds the text, by how well it fits."""
    key = key_of(text)
    phrase = _phrase(key)
    found = few("book", phrase, most=walking.FEW)
    return Ranked(books, key, phrase) if found is None else Few(found, key)


def matching(books: QuerySet[Book], text: str, isbn_13: str | None) -> QuerySet[Book]:
    """Those of an ISBN where one is given, else those whose title or an author's name holds the text; by title."""
    found = books.order_by("title_key", "pk")
    if isbn_13:
        return found.filter(isbn_13=isbn_13)
    if not key_of(text):
        return found.none()
    written = Authorship.objects.filter(author__in=named(Author.objects.all(), text))
    return found.filter(_held_in_title(_phrase(key_of(text))) | Q(pk__in=written.values("book")))


class Few:
    """So few hits that they are sorted."""

    def __init__(self, titles: dict[int, str], key: str) -> None:
        """The keys of the titles, by the ids of their books."""

        def place(book: int) -> tuple[int, str, int]:
            return _rank(titles[book], key), titles[book], book

        self._keys = sorted(titles, key=place)

    def count_up_to(self, most: int) -> int:
        return min(most, len(self._keys))

    def keys(self, start: int, stop: int) -> list[int]:
        return self._keys[start:stop]


class Ranked:
    """Very many hits, best first: each rank is walked only as far as it is asked for."""

    def __init__(self, books: QuerySet[Book], key: str, phrase: str) -> None:
        self._phrase = phrase
        in_titles = _holding(books, phrase)
        as_words = _holding(books, f" {key} ").exclude(_begins_with(key))
        self._ranks = [
            rank.order_by("title_key", "pk")
            for rank in (
                books.filter(_is(key)),
                books.filter(_begins_with(key)).exclude(_is(key)),
                as_words,
                in_titles.exclude(_begins_with(key)).exclude(_has_word(key)),
            )
        ]

    def count_up_to(self, most: int) -> int:
        return hits("book", self._phrase, most=most)

    def keys(self, start: int, stop: int) -> list[int]:
        """Walked to along the index of titles alone."""
        return walk((rank.values_list("pk", flat=True) for rank in self._ranks), start, stop - start)


def _phrase(key: str) -> str:
    """What the index is asked for: two letters begin a word. A lone sign, such as `%`, is too short for it."""
    return f" {key}" if len(key) == FEWEST_LETTERS else key


def _rank(title: str, key: str) -> int:
    fits = (title == key, title.startswith(key), f" {key} " in f" {title} ", True)
    return fits.index(True)


def _holding(books: QuerySet[Book], phrase: str) -> QuerySet[Book]:
    return books.filter(_held_in_title(phrase))


def _held_in_title(phrase: str) -> Q:
    found = few("book", phrase, most=walking.FEW)
    return Q(HoldsByRow("title_key", phrase)) if found is None else Q(pk__in=list(found))


def _is(key: str) -> Q:
    return Q(title_key=key)


def _begins_with(key: str) -> Q:
    return Q(title_key__gte=key, title_key__lt=key + LAST)


def _has_word(key: str) -> Q:
    return Q(HoldsByRow("title_key", f" {key} "))
