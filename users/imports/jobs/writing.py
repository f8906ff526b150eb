"""Carries out the plans of a chunk of rows, in one transaction."""

from collections.abc import Iterable
from itertools import islice
from typing import Any

from django.db import transaction
from django.utils import timezone

from books.ingest import ingest
from books.models import Book
from core.db.bulk import find_ids, upsert
from core.text import fold_to_key
from users.imports.jobs.gaps import stated_fields, to_reading
from users.imports.jobs.planning import Outcome, Plan, plan_rows
from users.library.entries import change_locked_entry
from users.library.tags import get_or_create_tags
from users.models import EntryOrigin, ImportJob, ImportJobRow, LibraryEntry, Reading, Tag

CHUNK = 250  # rows of a transaction
MAX_SOURCE_ID = 200  # characters
REFERENCES = {"job", "entry", "book"}
KEPT_FIELDS = ["job", "number", "line", "raw", "values", "problems"]
ROW_FIELDS = ["outcome", "reason", "fields", "effects", "match", "suggestions", "lookup", "entry", "book"]


@transaction.atomic
def write_chunk(job: ImportJob) -> bool:
    """Imports the next rows. Returns whether rows are left. Only one process at a time imports a job."""
    job = ImportJob.objects.select_for_update().get(pk=job.pk)
    if job.state != ImportJob.State.IMPORTING:  # cancelled in the meantime
        return False
    pending = list(islice(job.rows.filter(outcome=None), CHUNK))
    plans = take_distinct(plan_rows(job, pending, lock=True))
    carry_out(job, plans)
    return len(plans) < len(pending) or len(pending) == CHUNK


def take_distinct(plans: Iterable[Plan]) -> list[Plan]:
    """The plans before the first one that repeats a book: that one is planned again when the book is in the library."""
    taken, seen = [], set[tuple[str, ...]]()
    for plan in plans:
        if plan.targets & seen:
            break
        seen |= set() if plan.outcome == Outcome.SKIPPED else plan.targets
        taken.append(plan)
    return taken


def carry_out(job: ImportJob, plans: list[Plan]) -> None:
    create_books(plans)
    existing = [plan for plan in plans if plan.entry is not None]
    create_entries(job, [plan for plan in plans if plan.entry is None and plan.book is not None])
    for plan in existing:
        if plan.changed_fields:
            change_entry(plan)
    add_tags(job, plans)
    add_readings(plans)
    add_origins(job, plans, existing)
    for plan in plans:
        record_outcome(plan, is_new=plan.entry is not None and plan not in existing)
    store_outcomes([plan.job_row for plan in plans])


def store_outcomes(rows: list[ImportJobRow]) -> None:
    """`bulk_update` would take most of the time of an import, because it builds a CASE for each row and column."""
    columns = [*KEPT_FIELDS, *ROW_FIELDS]
    values = [tuple(getattr(row, f"{name}_id" if name in REFERENCES else name) for name in columns) for row in rows]
    upsert(ImportJobRow, columns, values, unique=("job", "number"), update=ROW_FIELDS)


def create_books(plans: list[Plan]) -> None:
    """Creates unpublished books from the rows' own data."""
    new = {(plan.record.source, plan.record.source_key): plan for plan in plans if plan.record}
    ingest([plan.record for plan in new.values() if plan.record], publish=False)
    ids = find_ids(Book, ("source", "source_key"), list(new))
    books = Book.objects.in_bulk(ids.values())
    for identity, plan in new.items():
        plan.book = books[ids[identity]]


def create_entries(job: ImportJob, plans: list[Plan]) -> None:
    entries = [build_entry(job, plan) for plan in plans]
    for plan, entry in zip(plans, LibraryEntry.objects.bulk_create(entries), strict=True):
        plan.entry = entry


def build_entry(job: ImportJob, plan: Plan) -> LibraryEntry:
    """A new entry with the stated fields of the row. A day of addition that the file does not state stays unknown."""
    fields = {"added_on": None, "status": plan.row.status, **stated_fields(plan.row)}
    return LibraryEntry(user=job.user, book=plan.book, **fields)


def change_entry(plan: Plan) -> None:
    """Fills the gaps of an existing entry, and remembers its earlier values for an undo."""
    assert plan.entry is not None
    before = {name: to_json(getattr(plan.entry, name)) for name in plan.changes}
    change_locked_entry(plan.entry, plan.changes)
    after = {name: to_json(getattr(plan.entry, name)) for name in plan.changes}
    plan.job_row.effects["fields"] = {name: [before[name], after[name]] for name in plan.changes}


def to_json(value: Any) -> Any:
    return value if value is None or isinstance(value, bool | int) else str(value)


def add_tags(job: ImportJob, plans: list[Plan]) -> None:
    """Adds the tags of all plans with a fixed number of queries."""
    names = [name for plan in plans if plan.entry for name in plan.tags]
    tags = {tag.name_key: tag for tag in get_or_create_tags(job.user, names)}
    links = []
    for plan in plans:
        added = {tags[fold_to_key(name)].pk for name in plan.tags} if plan.entry else set()
        plan.job_row.effects |= {"tags": sorted(added)} if added else {}
        links += [Tag.entries.through(libraryentry=plan.entry, tag_id=tag) for tag in sorted(added)]
    Tag.entries.through.objects.bulk_create(links, ignore_conflicts=True)


def add_readings(plans: list[Plan]) -> None:
    readings = {id(plan): [to_reading(plan.entry, each) for each in plan.readings] for plan in plans if plan.entry}
    Reading.objects.bulk_create(each for added in readings.values() for each in added)
    for plan in plans:
        if added := readings.get(id(plan)):
            plan.job_row.effects["readings"] = [
                [each.pk, to_json(each.started_on), to_json(each.finished_on), each.outcome] for each in added
            ]


def add_origins(job: ImportJob, plans: list[Plan], existing: list[Plan]) -> None:
    """Keeps the row with its entry, and the origins that it states, unless the entry has them already."""
    added: list[tuple[Plan, EntryOrigin]] = []
    for plan in plans:
        if plan.entry is not None:
            known = list(plan.entry.origins.all()) if plan in existing else []
            added += [(plan, each) for each in list_origins(job, plan) if not any(is_same(each, it) for it in known)]
    EntryOrigin.objects.bulk_create(origin for _, origin in added)
    for plan, origin in added:
        plan.job_row.effects.setdefault("origins", []).append(origin.pk)


def list_origins(job: ImportJob, plan: Plan) -> list[EntryOrigin]:
    stated = [(each.source, each.source_id, each.raw) for each in plan.row.origins]
    stated.append((job.format, (plan.row.source_id or "")[:MAX_SOURCE_ID], plan.row.raw))
    return [EntryOrigin(entry=plan.entry, source=source, source_id=key, raw=raw) for source, key, raw in stated]


def is_same(origin: EntryOrigin, other: EntryOrigin) -> bool:
    """Rows without an identity in their source are compared whole."""
    if (origin.source, origin.source_id) != (other.source, other.source_id):
        return False
    return bool(origin.source_id) or origin.raw == other.raw


def record_outcome(plan: Plan, *, is_new: bool) -> None:
    """`effects` are what an undo reverts, with the version of the entry after the change."""
    row = plan.job_row
    row.outcome, row.reason, row.match, row.lookup = plan.outcome, plan.reason, plan.match, plan.lookup
    row.fields = [] if is_new else plan.changed_fields
    row.suggestions = [book.pk for book in plan.suggestions]
    row.entry, row.book = plan.entry, plan.book or (plan.entry.book if plan.entry else None)
    if plan.entry is not None:
        row.effects |= {"version": plan.entry.version, "is_new": is_new}
    if plan.record is not None and plan.book is not None:
        row.effects["book"] = plan.book.pk


def finish(job: ImportJob) -> None:
    """Does nothing if the job was cancelled in the meantime."""
    running = ImportJob.objects.filter(pk=job.pk, state=ImportJob.State.IMPORTING)
    running.update(state=ImportJob.State.FINISHED, finished_at=timezone.now())
