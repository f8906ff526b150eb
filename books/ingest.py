"""Turns what a source says into catalogue rows: the only code that writes a Book from outside."""

from collections.abc import Iterable
from itertools import islice
from typing import Any

from django.db import transaction

from books.curation import as_json
from books.held import HeldPrice, drop_waiting, hold, overtake
from books.models import Author, Authorship, Book, Category, CuratedField, PriceObservation
from books.plan import IngestResult, Plan
from books.records import PLAIN_FIELDS, BookRecord
from books.standing import Standing, stand

__all__ = ["IngestResult", "ingest"]

BATCH = 250
WRITTEN_FIELDS = (*PLAIN_FIELDS, "languages", "title_key", "category", "missing_since", "updated_at")
IDENTITY = ("source", "source_key")
Ids = dict[tuple[str, str], int]


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


def _refuse_doubles(batch: list[BookRecord]) -> None:
    if len({record.identity for record in batch}) != len(batch):
        raise ValueError("two records of one identity in a batch")


def _rehearse(batch: list[BookRecord]) -> IngestResult:
    return _plan(batch, lock=False).result


@transaction.atomic
def _write(batch: list[BookRecord]) -> IngestResult:
    plan = _plan(batch, lock=True)
    ids = {identity: book.pk for identity, book in plan.standing.books.items()}
    if written := plan.new + plan.changed:
        ids |= _write_books(written, plan.standing)
    _keep_beside(batch, plan.standing)
    if plan.observed:
        _observe(plan.observed, ids)
    if plan.held:
        _hold(plan.held, ids)
    overtake(plan.overtaken)
    drop_waiting(plan.judged_before)
    return plan.result


def _plan(batch: list[BookRecord], *, lock: bool) -> Plan:
    plan = Plan(stand(batch, lock=lock))
    for record in batch:
        plan.add(record)
    return plan


def _write_books(records: list[BookRecord], standing: Standing) -> Ids:
    categories = _categories({record.category for record in records if record.category})
    kept = {each.identity: standing.curated_fields(standing.books.get(each.identity)) for each in records}
    books = [_book(each, categories, standing.books.get(each.identity), kept[each.identity]) for each in records]
    # New and changed alike: where the identity stands already, its row is updated and keeps its id and created_at.
    Book.objects.bulk_create(books, update_conflicts=True, unique_fields=IDENTITY, update_fields=WRITTEN_FIELDS)
    ids = {(book.source, book.source_key): book.pk for book in books}
    _write_authors([each for each in records if each.authors and "authors" not in kept[each.identity]], ids)
    return ids


def _book(record: BookRecord, categories: dict[str, Category], stored: Book | None, curated: set[str]) -> Book:
    """The row as the record has it, but for what a person set."""
    values = {name: getattr(record, name) for name in (*IDENTITY, *PLAIN_FIELDS)}
    values["languages"] = list(record.languages)
    values["category"] = categories[record.category] if record.category else None
    kept = {name: getattr(stored, name) for name in curated - {"authors"}}
    return Book(**{**values, **kept})


def _keep_beside(batch: list[BookRecord], standing: Standing) -> None:
    """Notes beside each curated field what its source says now."""
    news = []
    for record in batch:
        book = standing.books.get(record.identity)
        for curated in standing.curated.get(book.pk, ()) if book else ():
            said = _said(record, curated.field)
            if said != curated.source_value:
                curated.source_value = said
                news.append(curated)
    if news:
        CuratedField.objects.bulk_update(news, ["source_value"])


def _said(record: BookRecord, field: str) -> Any:
    value = [author.name for author in record.authors] if field == "authors" else getattr(record, field)
    return as_json(value)


def _write_authors(records: list[BookRecord], ids: Ids) -> None:
    if not records:
        return
    authors = _authors({author.key: author.name for record in records for author in record.authors})
    Authorship.objects.filter(book__in=[ids[record.identity] for record in records]).delete()
    Authorship.objects.bulk_create(
        Authorship(book_id=ids[record.identity], author=authors[author.key], position=position)
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


def _observe(records: list[BookRecord], ids: Ids) -> None:
    PriceObservation.objects.bulk_create(
        PriceObservation(
            book_id=ids[record.identity],
            price=record.price,
            currency=record.currency,
            in_stock=bool(record.in_stock),
        )
        for record in records
    )


def _hold(held: list[tuple[BookRecord, str]], ids: Ids) -> None:
    hold(
        HeldPrice(
            book_id=ids[record.identity],
            price=record.price,
            currency=record.currency,
            text=record.price_text,
            in_stock=bool(record.in_stock),
            reason=reason,
        )
        for record, reason in held
    )
