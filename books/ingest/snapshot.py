"""What the catalogue says now of the books that a batch of records names."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any, TypeVar

from django.db.models import Max, QuerySet

from books.models import Authorship, Book, CuratedField, PriceObservation
from books.models.price import HeldPrice, Said
from books.records import BookRecord
from core.db.bulk import ids_of

IDENTITY = ("source", "source_key")
Identity = tuple[str, str]
Row = TypeVar("Row", CuratedField, HeldPrice, Authorship)


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """The rows by their identity, and by the books' ids what was said and decided of them."""

    books: dict[Identity, Book]
    latest: dict[int, PriceObservation]
    curated: dict[int, list[CuratedField]]
    judged: dict[int, list[HeldPrice]]
    authors: dict[int, list[str | None]]

    def curated_fields(self, book: Book | None) -> set[str]:
        return {each.field for each in self.curated.get(book.pk, ())} if book else set()

    def judgements(self, book: Book | None) -> dict[Said, str]:
        """The book's odd prices that wait or were dismissed, and which of the two."""
        return {each.said: each.state for each in self.judged.get(book.pk, ())} if book else {}


def stand(batch: Collection[BookRecord], *, lock: bool) -> Standing:
    """Reads it, at a fixed number of queries; `lock` keeps the rows for the transaction."""
    books = _rows_of(batch, lock=lock)
    ids = [book.pk for book in books.values()]
    authorships = Authorship.objects.filter(book__in=ids).select_related("author")
    return Standing(
        books=books,
        latest=_latest_observations(ids),
        curated=_by_book(CuratedField.objects.filter(book__in=ids)),
        judged=_by_book(HeldPrice.objects.judged().filter(book__in=ids)),
        authors={pk: [each.author.open_library_key for each in rows] for pk, rows in _by_book(authorships).items()},
    )


def _rows_of(batch: Iterable[BookRecord], *, lock: bool) -> dict[Identity, Book]:
    ids = ids_of(Book, IDENTITY, [record.identity for record in batch])
    books = Book.objects.select_related("category").filter(pk__in=ids.values())
    if lock:
        books = books.select_for_update(of=("self",)).order_by("pk")  # in one order: else two wait for each other
    return {(book.source, book.source_key): book for book in books}


def _by_book(rows: QuerySet[Row, Any]) -> dict[int, list[Row]]:
    found: defaultdict[int, list[Row]] = defaultdict(list)
    for row in rows:
        found[row.book_id].append(row)
    return found


def _latest_observations(books: list[int]) -> dict[int, PriceObservation]:
    """The newest observation of each book, by the book's id."""
    newest = Max("observations__pk")
    keys = Book.objects.filter(pk__in=books).annotate(newest=newest).values("newest")
    return {each.book_id: each for each in PriceObservation.objects.filter(pk__in=keys)}
