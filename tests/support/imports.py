"""Imports files to a library in the process of the test."""

import csv
import io
from typing import Any

from users.imports.jobs import lifecycle
from users.models import ImportJob, ImportJobRow, User

COLUMNS = (
    "Book Id", "Title", "Author", "ISBN13", "My Rating", "Date Read", "Date Added", "Bookshelves", "Exclusive Shelf",
    "My Review", "Private Notes", "Read Count", "Owned Copies",
)  # fmt: skip


def goodreads_file(*rows: dict[str, str]) -> bytes:
    """A file in the form of Goodreads. Rows have default values for the columns that they do not name."""
    text = io.StringIO()
    writer = csv.DictWriter(text, COLUMNS, restval="")
    writer.writeheader()
    for number, row in enumerate(rows, start=1):
        defaults = {"Book Id": str(number), "Author": "Ann Lee", "My Rating": "0", "Exclusive Shelf": "to-read"}
        writer.writerow({**defaults, "Title": f"Book {number}", **row})
    return text.getvalue().encode()


def read_file(user: User, content: bytes, *, name: str = "export.csv", format_name: str = "") -> ImportJob:
    """Returns a job after its file was read. It is ready unless the file is refused or needs a mapping."""
    job = lifecycle.create_job(user=user, name=name, file=io.BytesIO(content), format_name=format_name)
    lifecycle.run_step(job)
    return job


def import_file(user: User, content: bytes, **answers: Any) -> ImportJob:
    """Imports with the answers, without the data of Open Library."""
    job = read_file(user, content)
    assert job.state == ImportJob.State.READY, job.error
    if answers:
        lifecycle.answer(job, answers=answers)
    lifecycle.commit(job)
    run_until_done(job, ImportJob.State.IMPORTING)
    return job


def undo_import(job: ImportJob) -> ImportJob:
    lifecycle.start_undo(job)
    run_until_done(job, ImportJob.State.UNDOING)
    return job


def run_until_done(job: ImportJob, state: str) -> None:
    while job.state == state:
        lifecycle.run_step(job)
        job.refresh_from_db()


def outcomes_of(job: ImportJob) -> list[str | None]:
    return list(job.rows.values_list("outcome", flat=True))


def row_of(job: ImportJob, number: int = 1) -> ImportJobRow:
    row: ImportJobRow = job.rows.get(number=number)
    return row
