"""What an import has done: numbers and rows by outcome."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.core.paginator import Page, Paginator

from books.book_rows import BookRow
from users.models import ImportJob, ImportJobRow
from web.cards import ROW_WIDTH, load_cards
from web.imports.preview import name_field
from web.imports.wording import join

ROWS_ON_A_PAGE = 24
Outcome = ImportJobRow.Outcome
ORDER = (
    Outcome.NEEDS_REVIEW, Outcome.FAILED, Outcome.CREATED, Outcome.UPDATED, Outcome.MERGED, Outcome.UNCHANGED,
    Outcome.SKIPPED,
)  # fmt: skip
EDITABLE = {Outcome.FAILED, Outcome.NEEDS_REVIEW}


@dataclass(frozen=True, slots=True)
class Tab:
    outcome: str
    label: str
    number: int
    is_current: bool


@dataclass(frozen=True, slots=True)
class ReportRow:
    """`book` is the book of the row, `suggestions` are those that may be meant."""

    row: ImportJobRow
    book: BookRow | None
    suggestions: list[BookRow]

    @property
    def stated(self) -> dict[str, Any]:
        """The statements of the file about the book."""
        found: dict[str, Any] = self.row.values.get("book", {})
        return found

    @property
    def authors_text(self) -> str:
        return "\n".join(self.stated.get("authors", []))

    @property
    def changes(self) -> str:
        return join(list(dict.fromkeys(map(name_field, self.row.fields))))

    @property
    def is_in_library(self) -> bool:
        return self.row.entry_id is not None

    @property
    def can_be_corrected(self) -> bool:
        return self.row.outcome in EDITABLE and not self.is_in_library


def list_tabs(job: ImportJob, chosen: str) -> list[Tab]:
    """The outcomes that occur, first those that need the reader."""
    counts = job.count_outcomes()
    present = [outcome for outcome in ORDER if counts[outcome]]
    current = chosen if chosen in present else next(iter(present), "")
    return [Tab(outcome, outcome.label, counts[outcome], outcome == current) for outcome in present]


def load_rows(job: ImportJob, outcome: str, number: str | None) -> Page[ReportRow]:
    """A page of the rows with this outcome. A number that does not exist gives the last page."""
    rows = job.rows.filter(outcome=outcome).order_by("number")
    page: Page[Any] = Paginator(rows, ROWS_ON_A_PAGE).get_page(number)
    page.object_list = describe_rows(list(page.object_list))
    return page


def describe_rows(rows: Sequence[ImportJobRow]) -> list[ReportRow]:
    keys = [row.book_id for row in rows if row.book_id] + [key for row in rows for key in row.suggestions]
    books = {book["id"]: book for book in load_cards(list(dict.fromkeys(keys)), width=ROW_WIDTH)}
    return [
        ReportRow(row, books.get(row.book_id or 0), [books[key] for key in row.suggestions if key in books])
        for row in rows
    ]
