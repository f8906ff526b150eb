"""Turns what a source says into catalogue rows: the only code that writes a Book from outside."""

from collections.abc import Iterable
from datetime import datetime
from itertools import islice
from operator import attrgetter
from typing import Any

from django.db import transaction
from django.utils import timezone

from books.curation import as_json
from books.ingest.changes import IngestResult, Plan
from books.ingest.snapshot import IDENTITY, Standing, stand
from books.models import Author, Authorship, Book, Category, CuratedField, PriceObservation
from books.models.price import HeldPrice, drop_waiting, hold, overtake
from books.records import PLAIN_FIELDS, BookRecord
from core.db.bulk import ids_of, insert, room, upsert
from core.text import key_of

__all__ = ["IngestResult", "ingest"]

BATCH = 1_000
SAID = [*IDENTITY, *PLAIN_FIELDS, "languages", "category"]
COLUMNS = [*SAID, "title_key", "missing_since", "updated_at", "created_at"]
UPDATED = [name for name in COLUMNS if name not in {*IDENTITY, "created_at"}]
TITLE = SAID.index("title")
plain_values = attrgetter(*IDENTITY, *PLAIN_FIELDS)
Ids = dict[tuple[Any, ...], int]


def ingest(records: Iterable[BookRecord], *, dry_run: bool = False) -> IngestResult:
    """Writes the records, each batch in one short transaction; a dry run writes nothing and counts the same.

    A batch costs a fixed number of queries. Raises ValueError for two records of one identity in a batch: which of
    them is right cannot be known here.
    """
    remaining = iter(records)
    result = IngestResult()
    with room():
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
    """New and changed alike: where the identity stands already, its row is updated and keeps its id and created_at."""
    categories = _categories({record.category for record in records if record.category})
    now = timezone.now()
    rows = [_row(each, categories, standing, now) for each in records]
    upsert(Book, COLUMNS, rows, unique=IDENTITY, update=UPDATED)
    ids = {identity: book.pk for identity, book in standing.books.items()}
    ids |= ids_of(Book, IDENTITY, [record.identity for record in records if record.identity not in ids])
    _write_authors(records, standing, ids)
    return ids


def _row(record: BookRecord, categories: dict[str, int], standing: Standing, now: datetime) -> tuple[Any, ...]:
    """As COLUMNS name it: what the record says, but for what a person set."""
    category = categories[record.category] if record.category else None
    said = (*plain_values(record), list(record.languages), category)
    if (stored := standing.books.get(record.identity)) and (curated := standing.curated_fields(stored)):
        said = tuple(
            getattr(stored, f"{name}_id" if name == "category" else name) if name in curated else value
            for name, value in zip(SAID, said, strict=True)
        )
    return (*said, key_of(said[TITLE]), None, now, now)


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


def _write_authors(records: list[BookRecord], standing: Standing, ids: Ids) -> None:
    """Of whoever names any, and where no person has set them."""
    naming = [each for each in records if each.authors and not _has_curated_authors(each, standing)]
    if not naming:
        return
    authors = _authors({author.key: author.name for record in naming for author in record.authors})
    # Of the new ones, too: another process may have made them at this moment.
    Authorship.objects.filter(book__in=[ids[record.identity] for record in naming]).delete()
    rows = [
        (ids[record.identity], authors[author.key], position)
        for record in naming
        for position, author in enumerate(record.authors)
    ]
    insert(Authorship, ["book", "author", "position"], rows)


def _has_curated_authors(record: BookRecord, standing: Standing) -> bool:
    return "authors" in standing.curated_fields(standing.books.get(record.identity))


def _authors(names: dict[str, str]) -> dict[str, int]:
    """The authors' ids by key; one that is new is made. A name that stands already stays: it may be a person's."""
    known = _by_key(names)
    if missing := sorted(set(names) - set(known)):
        rows = [(key, names[key], key_of(names[key])) for key in missing]
        insert(Author, ["open_library_key", "name", "name_key"], rows, ignore_conflicts=True)
        known |= _by_key(missing)
    return known


def _by_key(keys: Iterable[str]) -> dict[str, int]:
    known = Author.objects.filter(open_library_key__in=keys).values_list("open_library_key", "pk")
    return {str(key): pk for key, pk in known}


def _categories(names: set[str]) -> dict[str, int]:
    """The categories' ids by name; one that is new is made, also when another process makes it at this moment."""
    found = _by_name(names)
    if missing := sorted(names - set(found)):
        Category.objects.bulk_create([Category(name=name) for name in missing], ignore_conflicts=True)
        found |= _by_name(missing)
    return found


def _by_name(names: Iterable[str]) -> dict[str, int]:
    return dict(Category.objects.filter(name__in=names).values_list("name", "pk"))


def _observe(records: list[BookRecord], ids: Ids) -> None:
    now = timezone.now()
    rows = [(ids[each.identity], now, each.price, each.currency, bool(each.in_stock)) for each in records]
    insert(PriceObservation, ["book", "observed_at", "price", "currency", "in_stock"], rows)


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
