"""The change set of a batch: records compared with the snapshot, curated fields and the plausibility check."""

from collections.abc import Collection
from dataclasses import dataclass, field, replace

from books.ingest.authors import are_same_authors
from books.ingest.snapshot import UNKNOWN_PRICE, Snapshot
from books.models import Book, HeldPrice, PriceObservation
from books.prices.changes import ChangeTally, NamedChange, StoredChange, find_change
from books.prices.plausibility import find_doubt
from books.records import PLAIN_FIELDS, BookRecord

OFFER_FIELDS = {"missing_since", "isbn_13", "work_key"}  # they decide for which works a price counts
OBSERVED_FIELDS = ("price", "currency", "availability")  # and stock, which observations of earlier versions lack


@dataclass(frozen=True, slots=True, kw_only=True)
class IngestResult:
    """Numbers of books. Each counts once; a book with a price held for review counts as `held` only.

    `price_changes` are among the created, updated, unchanged and held books.
    """

    created: int = 0
    updated: int = 0
    unchanged: int = 0
    held: int = 0
    price_changes: ChangeTally = field(default=ChangeTally(), compare=False)

    def __add__(self, other: "IngestResult") -> "IngestResult":
        return IngestResult(
            created=self.created + other.created,
            updated=self.updated + other.updated,
            unchanged=self.unchanged + other.unchanged,
            held=self.held + other.held,
            price_changes=self.price_changes + other.price_changes,
        )


@dataclass(frozen=True, slots=True)
class Verdict:
    """The record to store. If its price was implausible, it has the last accepted price instead.

    `hold_reason` is set if the stated price is held for review.
    """

    record: BookRecord
    hold_reason: str | None = None


@dataclass(slots=True)
class ChangeSet:
    """The changes of a batch.

    `superseded`: books that got a plausible price while others were pending or dismissed. `no_longer_stated`: books
    with a pending price and a source that repeats a dismissed one or states none. `moved`: books, as they were, that
    are listed again or that belong to another work.
    """

    snapshot: Snapshot
    new: list[BookRecord] = field(default_factory=list)
    changed: list[BookRecord] = field(default_factory=list)
    observed: list[BookRecord] = field(default_factory=list)
    held: list[tuple[BookRecord, str]] = field(default_factory=list)
    superseded: list[int] = field(default_factory=list)
    no_longer_stated: list[int] = field(default_factory=list)
    moved: list[Book] = field(default_factory=list)
    result: IngestResult = field(default_factory=IngestResult)

    def add(self, record: BookRecord) -> None:
        book = self.snapshot.books.get(record.identity)
        latest = self.snapshot.latest_observations.get(book.pk) if book else None
        verdict = self._check_price(record, book, latest)
        changes = self._find_changes(book, verdict.record)
        self._add_row(verdict.record, book, changes)
        if _is_new_statement(verdict.record, book, latest):
            self.observed.append(verdict.record)
            self._tally_change(verdict.record, book)
        if verdict.hold_reason is not None:
            self.held.append((record, verdict.hold_reason))
        self._count(is_held=verdict.hold_reason is not None, is_new=book is None, is_changed=bool(changes))

    def _add_row(self, record: BookRecord, book: Book | None, changes: set[str]) -> None:
        if book is None:
            self.new.append(record)
        elif changes:
            self.changed.append(record)
            if changes & OFFER_FIELDS:
                self.moved.append(book)

    def _count(self, *, is_held: bool, is_new: bool, is_changed: bool) -> None:
        if is_held:
            self.result += IngestResult(held=1)
        elif is_new:
            self.result += IngestResult(created=1)
        else:
            self.result += IngestResult(updated=1) if is_changed else IngestResult(unchanged=1)

    def _tally_change(self, record: BookRecord, book: Book | None) -> None:
        change = find_change((record.price, record.currency), self.snapshot.last_price(book))
        if named := name_change(record, change):
            self.result += IngestResult(price_changes=ChangeTally(1, (named,)))

    def _check_price(self, record: BookRecord, book: Book | None, latest: PriceObservation | None) -> Verdict:
        """A statement that was dismissed before is neither stored nor held again."""
        held_states = self.snapshot.held_states(book)
        state = held_states.get((record.price, record.currency, record.price_text))
        doubt = find_doubt(record.price, record.currency, self.snapshot.last_price(book), record.price_text)
        is_accepted = doubt is None and state is None
        if is_accepted or state == HeldPrice.State.DISMISSED:
            self._end_review(record, book, held_states.values(), is_accepted=is_accepted)
        if is_accepted:
            return Verdict(record)
        price, currency = (latest.price, latest.currency) if latest else UNKNOWN_PRICE
        stored = replace(record, price=price, currency=currency, price_text=None)
        is_dismissed = state == HeldPrice.State.DISMISSED
        return Verdict(stored, hold_reason=None if is_dismissed else doubt or "A person held this price.")

    def _end_review(self, record: BookRecord, book: Book | None, states: Collection[str], *, is_accepted: bool) -> None:
        """Dismissals are relative to the last price, so they apply until there is another one."""
        if book is None or not states:
            return
        if is_accepted and record.price is not None:
            self.superseded.append(book.pk)
        elif HeldPrice.State.HELD in states:
            self.no_longer_stated.append(book.pk)

    def _find_changes(self, book: Book | None, record: BookRecord) -> set[str]:
        """Names of the fields that differ and are not curated; empty for a new book."""
        if book is None:
            return set()
        changes = {name for name in PLAIN_FIELDS if getattr(book, name) != getattr(record, name)}
        if (book.category.name if book.category else None) != record.category:
            changes.add("category")
        if book.languages != list(record.languages):
            changes.add("languages")
        # A source without authors does not state that there are none.
        if record.authors and not are_same_authors(self.snapshot.authorships.get(book.pk, ()), record):
            changes.add("authors")
        if book.missing_since is not None:
            changes.add("missing_since")  # the source lists it again
        return changes - self.snapshot.curated_fields(book)


def name_change(record: BookRecord, change: StoredChange) -> NamedChange | None:
    if change.previous_price is None or change.previous_currency is None:
        return None
    if record.price is None or record.currency is None:
        return None
    return NamedChange(
        title=record.title, source_key=record.source_key, previous_price=change.previous_price,
        previous_currency=change.previous_currency, price=record.price, currency=record.currency,
        change_percent=change.change_percent,
    )  # fmt: skip


def _is_new_statement(record: BookRecord, book: Book | None, latest: PriceObservation | None) -> bool:
    """Compares with the source's last statement and not with the book, because a person may have edited that.

    A book that is listed again is a new statement, also with the same values: its price counts again. Observations of
    earlier versions have no stock, so the book's is used in its place.
    """
    if latest is None or book is None:
        return any(each is not None for each in (record.price, record.in_stock, record.stock))
    if book.missing_since is not None:
        return True
    if any(getattr(latest, name) != getattr(record, name) for name in OBSERVED_FIELDS):
        return True
    return record.stock != latest.stock and not (latest.stock is None and record.stock == book.stock)
