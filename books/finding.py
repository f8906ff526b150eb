"""Books by the words of their titles, best first: the title itself, then those that begin with the words, that hold
them as words, that hold them at all; each of these by title.
"""

from typing import Any

from django.db.models import Case, IntegerField, Q, QuerySet, Value, When

from books import walking
from books.keyset import walk
from books.models import Author, Authorship, Book
from books.search import key_of
from books.words import Holds, HoldsByRow, hits

FEWEST_LETTERS = 2
SHORTEST = 3  # characters that the index can look for
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


def best_first(books: QuerySet[Book], text: str) -> "QuerySet[Book] | Ranked":
    """The books of which the title holds the text, by how well it fits."""
    key = key_of(text)
    phrase = _phrase(key)
    are_few = _are_few(phrase)
    if len(phrase) >= SHORTEST and not are_few:
        return Ranked(books, key, phrase)
    better = enumerate([_is(key), _begins_with(key), _has_word(key)])
    rank = Case(*(When(fits, then=Value(place)) for place, fits in better), default=3, output_field=IntegerField())
    found = books.filter(Holds("book", phrase) if are_few else HoldsByRow("title_key", phrase))
    return found.alias(rank=rank).order_by("rank", "title_key", "pk")


def matching(books: QuerySet[Book], text: str, isbn_13: str | None) -> QuerySet[Book]:
    """Those of an ISBN where one is given, else those whose title or an author's name holds the text; by title."""
    found = books.order_by("title_key", "pk")
    if isbn_13:
        return found.filter(isbn_13=isbn_13)
    if not key_of(text):
        return found.none()
    written = Authorship.objects.filter(author__in=named(Author.objects.all(), text))
    return found.filter(_held_in_title(_phrase(key_of(text))) | Q(pk__in=written.values("book")))


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


def _are_few(phrase: str) -> bool:
    return len(phrase) >= SHORTEST and hits("book", phrase, most=walking.FEW) < walking.FEW


def _holding(books: QuerySet[Book], phrase: str) -> QuerySet[Book]:
    return books.filter(_held_in_title(phrase))


def _held_in_title(phrase: str) -> Q:
    return Q(Holds("book", phrase) if _are_few(phrase) else HoldsByRow("title_key", phrase))


def _is(key: str) -> Q:
    return Q(title_key=key)


def _begins_with(key: str) -> Q:
    return Q(title_key__gte=key, title_key__lt=key + LAST)


def _has_word(key: str) -> Q:
    return Q(HoldsByRow("title_key", f" {key} "))
