"""What an import has done, or would do."""

from dataclasses import dataclass
from typing import Any

from users.models import ImportJob, ImportJobRow

Outcome = ImportJobRow.Outcome
MAX_TEXT_LINES = 20  # problems in the text for people; the JSON has all


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """`outcomes` are numbers of rows, which add up to `rows` after an import. `problems` name the file's lines."""

    job: ImportJob
    rows: int
    outcomes: dict[str, int]
    problems: list[dict[str, Any]]
    is_preview: bool

    def to_json(self) -> dict[str, Any]:
        return {
            "job": None if self.is_preview else self.job.pk,
            "format": self.job.format,
            "state": self.job.state,
            "rows": self.rows,
            "outcomes": self.outcomes,
            "undone": self.job.undone or None,
            "unknown_columns": self.job.unknown_columns,
            "problems": self.problems,
        }

    def to_text(self) -> str:
        if self.job.undone:
            counts = ", ".join(f"{number} {name}" for name, number in self.job.undone.items())
            return f"Import {self.job.pk} is undone: {counts}."
        outcomes = [f"  {Outcome(name).label}: {number}" for name, number in self.outcomes.items() if number]
        problems = [
            f"  line {each['line']}{', ' + each['field'] if each['field'] else ''}: {each['message']}"
            for each in self.problems[:MAX_TEXT_LINES]
        ]
        more = len(self.problems) - len(problems)
        return "\n".join(
            [
                self._title(),
                *outcomes,
                *([f"Problems: {len(self.problems)}", *problems] if problems else []),
                *([f"  and {more} more"] if more > 0 else []),
            ]
        )

    def _title(self) -> str:
        rows = f"{self.rows} row{'' if self.rows == 1 else 's'} of the format {self.job.format}"
        return f"{rows} would be imported:" if self.is_preview else f"Import {self.job.pk}: {rows}."


def build_report(job: ImportJob, *, is_preview: bool = False) -> Report:
    outcomes = job.preview["outcomes"] if is_preview else job.count_outcomes()
    problems = [problem for row in job.rows.iterator() for problem in list_problems(row)]
    return Report(job=job, rows=job.rows.count(), outcomes=outcomes, problems=problems, is_preview=is_preview)


def list_problems(row: ImportJobRow) -> list[dict[str, Any]]:
    """Why the row was not imported or has tags that were not added, and its cells that were not used."""
    is_problem = row.reason and row.outcome != Outcome.MERGED
    reasons = [{"field": None, "message": row.reason}] if is_problem else []
    return [{"line": row.line, **problem} for problem in [*reasons, *row.problems]]
