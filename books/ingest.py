"""Turns what a source says into catalogue rows: the only code that writes a Book from outside."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from django.db import transaction
from django.db.models import Max

from books.curation import as_json
from books.models import Author, Authorship, Book, Category, CuratedField, PriceObservation
from books.records import BookRecord

BATCH = 250
PLAIN_FIELDS = (
    "title", "upc", "isbn_13", "work_key", "first_publish_year", "price", "currency", "in_stock", "stock", "rating",
    "description", "cover_url", "product_url",
)  # fmt: skip
WRITTEN_FIELDS = (*PLAIN_FIELDS, "languages", "title_key", "category", "missing_since", "updated_at")
OBSERVED_FIELDS = ("price", "currency", "in_stock")
IDENTITY = ("source", "source_key")


@dataclass(frozen=True, slots=True, kw_only=True)
class IngestResult:
    """How many books were new, changed, or as they were before."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0

    def __add__(self, other: "IngestResult") -> "IngestResult":
        return IngestResult(
            created=self.created + other.created,
            updated=self.updated + other.updated,
            unchanged=self.unchanged + other.unchanged,
        )


def ingest(records: Iterable[BookRecord], *, dry_run: bool = False) -> IngestResult:
    """Writes the records, each batch in one short transaction; a dry run writes nothing and counts the same.

    A batch costs a fixed number of queries. Raises ValueError for two records of one identity in a batch: which of
    them is right cannot be known here.
    """
    remaining = iter(records)
    result = IngestResult()
    while batch := list(islice(remaining, BATCH)):
        _refuse_doubles(batch)
        result += _rehearse(batch) if dry_run else _write(batch)
    return result


@dataclass(slots=True)
class _Plan:
    """What a batch would change, and of which of it a price observation is due."""

    new: list[BookRecord] = field(default_factory=list)
    changed: list[BookRecord] = field(default_factory=list)
    unchanged: int = 0
    observed: list[BookRecord] = field(default_factory=list)
    stored: dict[tuple[str, str], Book] = field(default_factory=dict)

    def add(self, record: BookRecord, book: Book | None, latest: PriceObservation | None) -> None:
        if book is None:
            self.new.append(record)
        elif _differences(book, record) - _curated(book):
            self.changed.append(record)
        else:
            self.unchanged += 1
        # Against what the source said last, not against the book: a person may have edited that.
        if record.in_stock is not None and (latest is None or _says_otherwise(latest, record)):
            self.observed.append(record)

    def result(self) -> IngestResult:
        return IngestResult(created=len(self.new), updated=len(self.changed), unchanged=self.unchanged)


def _refuse_doubles(batch: list[BookRecord]) -> None:
    if len({(record.source, record.source_key) for record in batch}) != len(batch):
        raise ValueError("two records of one identity in a batch")


def _rehearse(batch: list[BookRecord]) -> IngestResult:
    return _plan(batch, lock=False).result()


@transaction.atomic
def _write(batch: list[BookRecord]) -> IngestResult:
    plan = _plan(batch, lock=True)
    if written := plan.new + plan.changed:
        _write_books(written, plan.stored)
    _keep_beside(batch, plan.stored)
    if plan.observed:
        _observe(plan.observed)
    return plan.result()


def _stored(batch: list[BookRecord], *, lock: bool) -> dict[tuple[str, str], Book]:
    books = (
        Book.objects.select_related("category")
        .prefetch_related("authorships__author", "curated_fields")
        .filter(source__in={record.source for record in batch}, source_key__in={record.source_key for record in batch})
    )
    if lock:
        books = books.select_for_update(of=("self",))
    return {(book.source, book.source_key): book for book in books}


def _plan(batch: list[BookRecord], *, lock: bool) -> _Plan:
    stored = _stored(batch, lock=lock)
    latest = _latest_observations(stored.values())
    plan = _Plan(stored=stored)
    for record in batch:
        book = stored.get((record.source, record.source_key))
        plan.add(record, book, latest.get(book.pk) if book else None)
    return plan


def _latest_observations(books: Iterable[Book]) -> dict[int, PriceObservation]:
    """The newest observation of each book, by the book's id."""
    newest = Max("observations__pk")
    keys = Book.objects.filter(pk__in=[book.pk for book in books]).annotate(newest=newest).values("newest")
    return {each.book_id: each for each in PriceObservation.objects.filter(pk__in=keys)}


def _says_otherwise(latest: PriceObservation, record: BookRecord) -> bool:
    return any(getattr(latest, name) != getattr(record, name) for name in OBSERVED_FIELDS)


def _differences(book: Book, record: BookRecord) -> set[str]:
    changes = {name for name in PLAIN_FIELDS if getattr(book, name) != getattr(record, name)}
    if (book.category.name if book.category else None) != record.category:
        changes.add("category")
    if book.languages != list(record.languages):
        changes.add("languages")
    # A source that names no authors says nothing of them.
    if record.authors and _author_keys(book) != [author.key for author in record.authors]:
        changes.add("authors")
    if book.missing_since is not None:
        changes.add("missing_since")  # the source lists it again
    return changes


def _author_keys(book: Book) -> list[str | None]:
    return [authorship.author.open_library_key for authorship in book.authorships.all()]


def _curated(book: Book | None) -> set[str]:
    return {curated.field for curated in book.curated_fields.all()} if book else set()


def _write_books(records: list[BookRecord], stored: dict[tuple[str, str], Book]) -> None:
    categories = _categories({record.category for record in records if record.category})
    books = [_book(record, categories, stored.get((record.source, record.source_key))) for record in records]
    # New and changed alike: where the identity stands already, its row is updated and keeps its id and created_at.
    Book.objects.bulk_create(books, update_conflicts=True, unique_fields=IDENTITY, update_fields=WRITTEN_FIELDS)
    _write_authors(
        [
            each
            for each in records
            if each.authors and "authors" not in _curated(stored.get((each.source, each.source_key)))
        ]
    )


def _book(record: BookRecord, categories: dict[str, Category], stored: Book | None) -> Book:
    """The row as the record has it, but for what a person set."""
    values = {name: getattr(record, name) for name in (*IDENTITY, *PLAIN_FIELDS)}
    values["languages"] = list(record.languages)
    values["category"] = categories[record.category] if record.category else None
    kept = {name: getattr(stored, name) for name in _curated(stored) - {"authors"}}
    return Book(**{**values, **kept})


def _keep_beside(batch: list[BookRecord], stored: dict[tuple[str, str], Book]) -> None:
    """Notes beside each curated field what its source says now."""
    news = []
    for record in batch:
        book = stored.get((record.source, record.source_key))
        for curated in book.curated_fields.all() if book else []:
            said = _said(record, curated.field)
            if said != curated.source_value:
                curated.source_value = said
                news.append(curated)
    if news:
        CuratedField.objects.bulk_update(news, ["source_value"])


def _said(record: BookRecord, field: str) -> Any:
    value = [author.name for author in record.authors] if field == "authors" else getattr(record, field)
    return as_json(value)


def _write_authors(records: list[BookRecord]) -> None:
    if not records:
        return
    authors = _authors({author.key: author.name for record in records for author in record.authors})
    books = _stored(records, lock=False)
    Authorship.objects.filter(book__in=books.values()).delete()
    Authorship.objects.bulk_create(
        Authorship(book=books[record.source, record.source_key], author=authors[author.key], position=position)
        for record in records
        for position, author in enumerate(record.authors)
    )


def _authors(names: dict[str, str]) -> dict[str, Author]:
    """The authors by their keys; one that is new is made. A name that stands already stays: it may be a person's."""
    known = Author.objects.filter(open_library_key__in=names).values_list("open_library_key", flat=True)
    missing = sorted(set(names) - set(known))
    Author.objects.bulk_create(
        [Author(open_library_key=key, name=names[key]) for key in missing], ignore_conflicts=True
    )
    return {str(author.open_library_key): author for author in Author.objects.filter(open_library_key__in=names)}


def _categories(names: set[str]) -> dict[str, Category]:
    """The categories by name; one that is new is made, also when another process makes it at this moment."""
    found = {category.name: category for category in Category.objects.filter(name__in=names)}
    if missing := sorted(names - set(found)):
        Category.objects.bulk_create([Category(name=name) for name in missing], ignore_conflicts=True)
        found |= {category.name: category for category in Category.objects.filter(name__in=missing)}
    return found


def _observe(records: list[BookRecord]) -> None:
    books = _stored(records, lock=False)
    PriceObservation.objects.bulk_create(
        PriceObservation(
            book=books[record.source, record.source_key],
            price=record.price,
            currency=record.currency,
            in_stock=bool(record.in_stock),
        )
        for record in records
    )
