"""The result of a run."""

from dataclasses import asdict, dataclass, field
from typing import Any, Self

from books.ingest import IngestResult
from books.prices.changes import ChangeTally
from core.text import to_printable
from scraping.errors import FetchError, ParseError

COUNTS = ("requests", "seen", "created", "updated", "unchanged", "held", "failed", "missing")


@dataclass(slots=True, kw_only=True)
class Counts:
    """Requests sent, and books by outcome: `seen` = created + updated + unchanged + held + failed + staged.

    `staged` books wait for the quality gates. `price_changes` are among the other outcomes.
    """

    requests: int = 0
    seen: int = 0
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    held: int = 0
    failed: int = 0
    missing: int = 0
    staged: int = 0
    price_changes: ChangeTally = field(default_factory=ChangeTally, compare=False)

    def add(self, result: IngestResult) -> None:
        self.created += result.created
        self.updated += result.updated
        self.unchanged += result.unchanged
        self.held += result.held
        self.price_changes += result.price_changes

    @property
    def changed(self) -> int:
        return self.created + self.updated + self.held

    def as_json(self) -> dict[str, int]:
        """The public counts. A staged book counts as unchanged, because its record has not been ingested."""
        counts = {name: getattr(self, name) for name in COUNTS}
        counts["unchanged"] += self.staged
        return counts


@dataclass(frozen=True, slots=True)
class Problem:
    """A page or a listed book that could not be read. `field` is None if the page could not be fetched.

    Address and message are made printable, because they go to terminals, logs and the database.
    """

    url: str
    field: str | None
    message: str

    def __post_init__(self) -> None:
        object.__setattr__(self, "url", to_printable(self.url))
        object.__setattr__(self, "message", to_printable(self.message))

    @classmethod
    def from_error(cls, url: str, error: FetchError | ParseError) -> Self:
        return cls(url, error.field if isinstance(error, ParseError) else None, error.detail)

    def __str__(self) -> str:
        return ": ".join(part for part in (self.url, self.field, self.message) if part)


@dataclass(slots=True, kw_only=True)
class ScrapeReport:
    """`state` is a ScrapeRun.State; `run` is the run's id, None after a dry run; `seconds` is wall time."""

    site: str
    url: str
    dry_run: bool
    run: int | None = None
    state: str = "running"
    reason: str | None = None
    counts: Counts = field(default_factory=Counts)
    seconds: float = 0.0
    problems: list[Problem] = field(default_factory=list)

    @property
    def succeeded(self) -> bool:
        return self.state == "succeeded"

    def as_json(self) -> dict[str, Any]:
        changes = self.counts.price_changes.as_json()
        return {**asdict(self), "counts": self.counts.as_json(), "price_changes": changes}
