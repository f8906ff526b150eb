"""The result of a run."""

from dataclasses import asdict, dataclass, field
from typing import Any

from books.ingest import IngestResult


@dataclass(slots=True, kw_only=True)
class Counts:
    """Requests sent, and books by outcome: `seen` = created + updated + unchanged + held + failed + staged.

    `staged` books wait for the quality gates.
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

    def add(self, result: IngestResult) -> None:
        self.created += result.created
        self.updated += result.updated
        self.unchanged += result.unchanged
        self.held += result.held

    def as_json(self) -> dict[str, int]:
        """The public counts. A staged book counts as unchanged, because its record has not been ingested."""
        counts = asdict(self)
        counts["unchanged"] += counts.pop("staged")
        return counts


@dataclass(frozen=True, slots=True)
class Problem:
    """A page that could not be read. `field` is None if the page could not be fetched."""

    url: str
    field: str | None
    message: str

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
        return {**asdict(self), "counts": self.counts.as_json()}
