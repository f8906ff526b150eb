"""`ingest`: the only function that writes catalogue rows from records of outside sources."""

from collections.abc import Iterable
from datetime import datetime
from itertools import islice
from operator import attrgetter
from typing import Any

from django.db import transaction
from django.utils import timezone

from books.curation import to_json_value
from books.ingest.authors import Ids, write_authors
from books.ingest.changes import ChangeSet, IngestResult
from books.ingest.freshness import mark_as_checked
from books.ingest.snapshot import IDENTITY, Identity, Snapshot, load_snapshot
from books.ingest.summaries import find_stored_change, stored_summary, summarize_observed
from books.models import SUMMARY_FIELDS, Book, Category, CuratedField, HeldPrice, PriceObservation
from books.prices.changes import PriceSummary
from books.prices.review import discard_pending, hold_prices, supersede_held_prices
from books.prices.summaries import CHANGE_FIELDS, get_change, get_summary
from books.records import PLAIN_FIELDS, BookRecord
from books.signals import observations_written, offers_joined, works_left
from books.sources import register_unknown_sources
from core.db.bulk import find_ids, insert, large_write_settings, update_rows, upsert
from core.db.statistics import update_statistics
from core.text import fold_to_key

BATCH = 1_000
LARGE_INGEST = 1_000  # new books, after which the planner's statistics are updated
STATED_COLUMNS = [*IDENTITY, *PLAIN_FIELDS, "languages", "category"]
COLUMNS = [*STATED_COLUMNS, *SUMMARY_FIELDS, "title_key", "missing_since", "updated_at", "created_at"]
UPDATED_COLUMNS = [name for name in COLUMNS if name not in {*IDENTITY, "created_at"}]
TITLE, SUBTITLE = (STATED_COLUMNS.index(name) for name in ("title", "subtitle"))
Summaries = dict[Identity, PriceSummary]
get_plain_values = attrgetter(*IDENTITY, *PLAIN_FIELDS)


def ingest(records: Iterable[BookRecord], *, dry_run: bool = False, publish: bool = True) -> IngestResult:
    """Writes the records in batches, one short transaction each. A dry run writes nothing and returns the same counts.

    With `publish=False` new books and authors are unpublished. Existing rows stay as they are.

    A batch costs a fixed number of queries. Raises ValueError for two records with one identity in a batch, because
    it is unknown which of them is right.
    """
    remaining = iter(records)
    result = IngestResult()
    with large_write_settings():
        while batch := list(islice(remaining, BATCH)):
            _reject_duplicates(batch)
            result += _compare(batch, lock=False).result if dry_run else _write(batch, publish=publish)
    if result.created >= LARGE_INGEST and not dry_run:
        update_statistics()
    return result


def _reject_duplicates(batch: list[BookRecord]) -> None:
    if len({record.identity for record in batch}) != len(batch):
        raise ValueError("Two records in a batch have the same identity.")


def _compare(batch: list[BookRecord], *, lock: bool) -> ChangeSet:
    changes = ChangeSet(load_snapshot(batch, lock=lock))
    for record in batch:
        changes.add(record)
    return changes


@transaction.atomic
def _write(batch: list[BookRecord], *, publish: bool) -> IngestResult:
    register_unknown_sources({record.source for record in batch})
    changes, now = _compare(batch, lock=True), timezone.now()
    mark_as_checked([book.pk for book in changes.snapshot.books.values()], now)
    ids: Ids = {identity: book.pk for identity, book in changes.snapshot.books.items()}
    summaries = summarize_observed(changes.observed, changes.snapshot, now)
    if written := changes.new + changes.changed:
        ids |= _write_books(written, changes.snapshot, summaries, now, publish=publish)
    _update_summaries(summaries, changes)
    _update_source_values(batch, changes.snapshot)
    _write_statements(changes, ids, now)
    _hold_prices(changes.held, ids, now)
    supersede_held_prices(changes.superseded)
    discard_pending(changes.no_longer_stated)
    return changes.result


def _write_statements(changes: ChangeSet, ids: Ids, now: datetime) -> None:
    """Writes the observations between the signals about the books that leave a work and join one."""
    moved, observed = {book.pk for book in changes.moved}, {ids[each.identity] for each in changes.observed}
    if moved:
        former = [(book.work_key, book.isbn_13) for book in changes.moved]
        works_left.send(Book, keys=former, books=sorted(moved | observed))
    _write_observations(changes, ids, now)
    if joined := moved - observed:
        offers_joined.send(Book, books=sorted(joined))


def _write_books(
    records: list[BookRecord], snapshot: Snapshot, summaries: Summaries, now: datetime, *, publish: bool
) -> Ids:
    """Inserts or updates the books. An existing row keeps its id and created_at."""
    categories = _get_or_create_categories({record.category for record in records if record.category})
    rows = [(*_to_row(record, categories, snapshot, summaries, now), publish) for record in records]
    upsert(Book, [*COLUMNS, "is_published"], rows, unique=IDENTITY, update=UPDATED_COLUMNS)
    ids: Ids = {identity: book.pk for identity, book in snapshot.books.items()}
    ids |= find_ids(Book, IDENTITY, [record.identity for record in records if record.identity not in ids])
    write_authors(records, snapshot, ids, publish=publish)
    return ids


def _to_row(
    record: BookRecord, categories: dict[str, int], snapshot: Snapshot, summaries: Summaries, now: datetime
) -> tuple[Any, ...]:
    """The values of COLUMNS: the record's, except for curated fields."""
    book = snapshot.books.get(record.identity)
    category = categories[record.category] if record.category else None
    values = (*get_plain_values(record), list(record.languages), category)
    if book and (curated := snapshot.curated_fields(book)):
        values = tuple(
            getattr(book, f"{name}_id" if name == "category" else name) if name in curated else value
            for name, value in zip(STATED_COLUMNS, values, strict=True)
        )
    summary = summaries.get(record.identity) or stored_summary(book)
    title_key = fold_to_key(f"{values[TITLE]} {values[SUBTITLE] or ''}")
    return (*values, *get_summary(summary), title_key, None, now, now)


def _update_summaries(summaries: Summaries, changes: ChangeSet) -> None:
    """Of observed books that are not written, because a person set the fields that changed."""
    written = {record.identity for record in (*changes.new, *changes.changed)}
    rows = [
        (changes.snapshot.books[identity].pk, *get_summary(summary))
        for identity, summary in summaries.items()
        if identity not in written
    ]
    update_rows(Book, list(SUMMARY_FIELDS), rows)


def _update_source_values(batch: list[BookRecord], snapshot: Snapshot) -> None:
    """Stores in each curated field the value that its source states now."""
    changed = []
    for record in batch:
        book = snapshot.books.get(record.identity)
        for curated in snapshot.curated.get(book.pk, ()) if book else ():
            stated = _stated_value(record, curated.field)
            if stated != curated.source_value:
                curated.source_value = stated
                changed.append(curated)
    if changed:
        CuratedField.objects.bulk_update(changed, ["source_value"])


def _stated_value(record: BookRecord, field: str) -> Any:
    value = [author.name for author in record.authors] if field == "authors" else getattr(record, field)
    return to_json_value(value)


def _get_or_create_categories(names: set[str]) -> dict[str, int]:
    """Category ids by name, also if another process creates one at the same time."""
    ids = _find_categories(names)
    if missing := sorted(names - set(ids)):
        Category.objects.bulk_create([Category(name=name) for name in missing], ignore_conflicts=True)
        ids |= _find_categories(missing)
    return ids


def _find_categories(names: Iterable[str]) -> dict[str, int]:
    return dict(Category.objects.filter(name__in=names).values_list("name", "pk"))


def _write_observations(changes: ChangeSet, ids: Ids, now: datetime) -> None:
    rows = [
        (
            ids[each.identity], now, each.price, each.currency, each.availability, each.stock,
            *get_change(find_stored_change(each, changes.snapshot)),
        )
        for each in changes.observed
    ]  # fmt: skip
    columns = ["book", "observed_at", "price", "currency", "availability", "stock", *CHANGE_FIELDS]
    insert(PriceObservation, columns, rows)
    if rows:
        written = PriceObservation.objects.filter(book__in=[row[0] for row in rows], observed_at=now).order_by()
        observations_written.send(PriceObservation, observations=list(written.values_list("pk", flat=True)))


def _hold_prices(held: list[tuple[BookRecord, str]], ids: Ids, now: datetime) -> None:
    if not held:
        return
    hold_prices(
        HeldPrice(
            book_id=ids[record.identity],
            price=record.price,
            currency=record.currency,
            text=record.price_text,
            availability=record.availability,
            stock=record.stock,
            reason=reason,
            held_at=now,
        )
        for record, reason in held
    )
