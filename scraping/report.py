"""What a crawl says of itself when it ends."""

from dataclasses import asdict, dataclass, field
from typing import Any

from books.ingest import IngestResult


@dataclass(slots=True, kw_only=True)
class Counts:
    """Pages asked for, and what became of the books: `seen` is the sum of created, updated, unchanged, held, failed."""

    requests: int = 0
    seen: int = 0
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    held: int = 0
    failed: int = 0
    missing: int = 0

    def add(self, result: IngestResult) -> None:
        """What became of a batch of books."""
        self.created += result.created
        self.updated += result.updated
        self.unchanged += result.unchanged
        self.held += result.held


@dataclass(frozen=True, slots=True)
class Problem:
    """A page that could not be read; `field` is null where it could not be fetched at all."""

    url: str
    field: str | None
    message: str

    def __str__(self) -> str:
        return ": ".join(part for part in (self.url, self.field, self.message) if part)


@dataclass(slots=True, kw_only=True)
class ScrapeReport:
    """A crawl's outcome. `state` is a ScrapeRun's; `run` its id, null after a dry run; `seconds` is wall time."""

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
        return asdict(self)
