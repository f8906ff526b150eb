"""What an import will do, for the page on which the reader decides."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import Q

from users.imports.jobs.answers import IMPORT, SKIP, TAG, Answers
from users.imports.jobs.planning import Outcome, Plan, plan_rows
from users.imports.jobs.report import list_problems
from users.models import ImportJob, ImportJobRow, LibraryEntry
from web.imports.wording import capitalize, count, join

FIRST_ROWS = 10
MAX_PROBLEMS = 50  # rows whose problems are listed
MAX_READINGS = 3  # of a row that are shown
SHELF_CHOICES = [(TAG, "Want to read, with this name as a tag"), *LibraryEntry.Status.choices]
STATUS_CHOICES = [*LibraryEntry.Status.choices, (SKIP, "Leave out")]
MEDIA_CHOICES = [(SKIP, "Leave out"), (IMPORT, "Import")]
NO_STATUS = "No reading status"
LINES = {
    Outcome.CREATED: "new in your library",
    Outcome.UPDATED: "in your library, completed with what the file has besides",
    Outcome.UNCHANGED: "in your library, nothing to add",
    Outcome.MERGED: "another edition of a work in your library; only the readings are added",
    Outcome.NEEDS_REVIEW: "to be reviewed by you afterwards",
    Outcome.SKIPPED: "left out",
    Outcome.FAILED: "cannot be imported; you can correct these after the import",
}
REPEATED = "repeat a book of the same file and are combined with it"
FIELD_NAMES = {"contains_spoilers": "spoiler mark", "progress_page": "progress", "progress_percent": "progress",
               "added_on": "day of addition"}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Question:
    """A shelf or a medium of the file, or its rows without a status. `field` is the name of its form field."""

    field: str
    name: str
    rows: int
    choices: list[tuple[str, str]]
    answer: str


@dataclass(frozen=True, slots=True)
class PreviewRow:
    plan: Plan

    @property
    def effect(self) -> str:
        """The effect of the import on the row, in a few words."""
        if self.plan.outcome == Outcome.UPDATED:
            return f"adds {join([name_field(name) for name in self.plan.changed_fields])}"
        return {
            Outcome.CREATED: "new", Outcome.UNCHANGED: "nothing to add", Outcome.MERGED: "another edition",
            Outcome.NEEDS_REVIEW: "to review", Outcome.SKIPPED: "left out", Outcome.FAILED: "cannot be imported",
        }[Outcome(self.plan.outcome)]  # fmt: skip

    @property
    def title(self) -> str:
        return self.plan.job_row.title

    @property
    def status(self) -> str:
        return str(LibraryEntry.Status(self.plan.row.status).label) if self.plan.row.status else ""

    @property
    def dates(self) -> str:
        dated = [each.finished_on or each.started_on for each in self.plan.row.readings]
        return ", ".join(each.label for each in dated[:MAX_READINGS] if each)


def name_field(name: str) -> str:
    return FIELD_NAMES.get(name, name)


def list_counts(job: ImportJob) -> list[tuple[int, str]]:
    """The numbers of rows with what becomes of them. They add up to the rows of the file."""
    outcomes = job.preview["outcomes"]
    lines = [(outcomes[outcome], line) for outcome, line in LINES.items()]
    return [(number, line) for number, line in [*lines, (job.preview["repeated"], REPEATED)] if number]


def describe_action(job: ImportJob) -> str:
    """The text of the button, such as `Add 412 books and complete 3`; empty if the import would change nothing."""
    outcomes = job.preview["outcomes"]
    texts = {
        Outcome.CREATED: "add {}", Outcome.UPDATED: "complete {}", Outcome.MERGED: "add the readings of {}",
        Outcome.NEEDS_REVIEW: "review {} afterwards",
    }  # fmt: skip
    counted = [(text, outcomes[outcome]) for outcome, text in texts.items() if outcomes[outcome]]
    parts = [text.format(f"{number:,}" if index else count(number)) for index, (text, number) in enumerate(counted)]
    return capitalize(join(parts))


def list_questions(job: ImportJob) -> list[Question]:
    answers = Answers(**job.answers)
    shelves = [
        Question(f"shelf:{each['name']}", each["name"], each["rows"], SHELF_CHOICES,
                 answers.shelves.get(each["name"], TAG))
        for each in job.preview["shelves"]
    ]  # fmt: skip
    media = [
        Question(f"media:{each['name']}", each["name"], each["rows"], MEDIA_CHOICES,
                 answers.media.get(each["name"], SKIP))
        for each in job.preview["media"]
    ]  # fmt: skip
    without = job.preview.get("without_status", 0)
    status = Question("without_status", NO_STATUS, without, STATUS_CHOICES, answers.without_status)
    return [*shelves, *media, *([status] if without else [])]


def read_answers(job: ImportJob, data: Any) -> dict[str, Any]:
    """The answers of the form to the questions of the preview."""
    shelves = {each["name"]: data.get(f"shelf:{each['name']}", TAG) for each in job.preview["shelves"]}
    media = {each["name"]: data.get(f"media:{each['name']}", SKIP) for each in job.preview["media"]}
    status = {"without_status": data["without_status"]} if "without_status" in data else {}
    return {"shelves": shelves, "media": media, "overwrite": data.get("overwrite") == "on", **status}


def has_other_answers(job: ImportJob, answers: dict[str, Any]) -> bool:
    """Whether the reader has answered since the preview was computed."""
    known = Answers(**job.answers)
    shelves = any(known.shelves.get(name, TAG) != answer for name, answer in answers["shelves"].items())
    media = any(known.media.get(name, SKIP) != answer for name, answer in answers["media"].items())
    status = known.without_status != answers.get("without_status", known.without_status)
    return shelves or media or status or known.overwrite != answers["overwrite"]


def list_first_rows(job: ImportJob) -> list[PreviewRow]:
    """The first rows that can be imported, as the import will treat them."""
    return [PreviewRow(plan) for plan in plan_rows(job, list(job.rows.filter(outcome=None)[:FIRST_ROWS]))]


def list_reported_rows(job: ImportJob) -> Iterator[dict[str, Any]]:
    """The problems of the first rows that have some, with the numbers of their lines."""
    reported: list[ImportJobRow] = list(job.rows.exclude(problems=[], outcome=None)[:MAX_PROBLEMS])
    return ({**problem, "title": row.title} for row in reported for problem in list_problems(row))


def count_reported_rows(job: ImportJob) -> int:
    return int(job.rows.filter(~Q(problems=[]) | ~Q(outcome=None)).count())
