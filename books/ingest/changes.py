"""What records would change: compared with what stands, with what people set, and with what can be believed."""

from dataclasses import dataclass, field, replace

from books.ingest.snapshot import Standing
from books.models import Book, PriceObservation
from books.models.price import HeldPrice, why_odd
from books.records import PLAIN_FIELDS, BookRecord

OBSERVED_FIELDS = ("price", "currency", "in_stock")


@dataclass(frozen=True, slots=True, kw_only=True)
class IngestResult:
    """How many books were new, changed, or as they were before; and how many of which the price is held."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0
    held: int = 0

    def __add__(self, other: "IngestResult") -> "IngestResult":
        return IngestResult(
            created=self.created + other.created,
            updated=self.updated + other.updated,
            unchanged=self.unchanged + other.unchanged,
            held=self.held + other.held,
        )


@dataclass(slots=True)
class Plan:
    """What a batch would change, of which of it a price observation is due, and which prices are not believed.

    `overtaken` are books whose held or dismissed prices are history by now, `judged_before` those of which the source
    says a dismissed one.
    """

    standing: Standing
    new: list[BookRecord] = field(default_factory=list)
    changed: list[BookRecord] = field(default_factory=list)
    observed: list[BookRecord] = field(default_factory=list)
    held: list[tuple[BookRecord, str]] = field(default_factory=list)
    overtaken: list[int] = field(default_factory=list)
    judged_before: list[int] = field(default_factory=list)
    result: IngestResult = field(default_factory=IngestResult)

    def add(self, record: BookRecord) -> None:
        book = self.standing.books.get(record.identity)
        latest = self.standing.latest.get(book.pk) if book else None
        believed = self._believed(record, book, latest)
        changes = self._differences(book, believed) - self.standing.curated_fields(book) if book else set()
        if book is None:
            self.new.append(believed)
        elif changes:
            self.changed.append(believed)
        # Against what the source said last, not against the book: a person may have edited that.
        if believed.in_stock is not None and (latest is None or _says_otherwise(latest, believed)):
            self.observed.append(believed)
        if self.held and self.held[-1][0] is record:
            self.result += IngestResult(held=1)
        elif book is None:
            self.result += IngestResult(created=1)
        else:
            self.result += IngestResult(updated=1) if changes else IngestResult(unchanged=1)

    def _believed(self, record: BookRecord, book: Book | None, latest: PriceObservation | None) -> BookRecord:
        """The record, with the last believed price in place of one that is too odd; a dismissed one is held no more."""
        last = (latest.price, latest.currency) if latest else (None, None)
        judged = self.standing.judgements(book)
        verdict = judged.get((record.price, record.currency, record.price_text))
        reason = why_odd(record.price, record.currency, last, record.price_text)
        if reason is None and verdict is None:
            if book and judged:
                self.overtaken.append(book.pk)
            return record
        if verdict != HeldPrice.State.DISMISSED:
            self.held.append((record, reason or "Somebody held it."))
        elif book and HeldPrice.State.HELD in judged.values():
            self.judged_before.append(book.pk)
        return replace(record, price=last[0], currency=last[1], price_text=None)

    def _differences(self, book: Book, record: BookRecord) -> set[str]:
        changes = {name for name in PLAIN_FIELDS if getattr(book, name) != getattr(record, name)}
        if (book.category.name if book.category else None) != record.category:
            changes.add("category")
        if book.languages != list(record.languages):
            changes.add("languages")
        # A source that names no authors says nothing of them.
        if record.authors and self.standing.authors.get(book.pk) != [author.key for author in record.authors]:
            changes.add("authors")
        if book.missing_since is not None:
            changes.add("missing_since")  # the source lists it again
        return changes


def _says_otherwise(latest: PriceObservation, record: BookRecord) -> bool:
    return any(getattr(latest, name) != getattr(record, name) for name in OBSERVED_FIELDS)
