"""Files to import, written for the tests, and the steps of an import without a browser."""

import csv
import io
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from tests.web.pages import BROWSER
from users.imports.jobs import lifecycle
from users.models import ImportJob

GOODREADS = (
    "Book Id", "Title", "Author", "Additional Authors", "ISBN", "ISBN13", "My Rating", "Publisher", "Binding",
    "Number of Pages", "Year Published", "Original Publication Year", "Date Read", "Date Added", "Bookshelves",
    "Bookshelves with positions", "Exclusive Shelf", "My Review", "Spoiler", "Private Notes", "Read Count",
    "Owned Copies",
)  # fmt: skip
STORYGRAPH = ("Title", "Authors", "ISBN/UID", "Format", "Read Status", "Date Added", "Dates Read", "Read Count",
              "Star Rating", "Review", "Tags", "Owned?")  # fmt: skip


def write_table(columns: tuple[str, ...], *rows: dict[str, str]) -> bytes:
    output = io.StringIO()
    writer = csv.DictWriter(output, columns, restval="")
    writer.writeheader()
    writer.writerows(rows)
    return output.getvalue().encode()


def goodreads(*rows: dict[str, str]) -> bytes:
    return write_table(GOODREADS, *rows)


def odes(**cells: str) -> dict[str, str]:
    return {"Book Id": "1", "Title": "Odes", "Author": "Horace", "Exclusive Shelf": "read", **cells}


def upload(client: Client, content: bytes, *, name: str = "export.csv", status: int = 302) -> Any:
    response = client.post("/library/import", {"file": SimpleUploadedFile(name, content)}, headers=BROWSER)
    assert response.status_code == status, response.content
    return response


def import_as_far_as_preview(client: Client, content: bytes, *, name: str = "export.csv") -> ImportJob:
    """Uploads the file, and does the worker's step."""
    upload(client, content, name=name)
    job = ImportJob.objects.latest("pk")
    lifecycle.run_step(job)
    job.refresh_from_db()
    return job


def run_to_the_end(job: ImportJob) -> None:
    """Does the worker's steps after the start of an import or an undo, without requests to Open Library."""
    job.refresh_from_db()
    while job.state in {ImportJob.State.IMPORTING, ImportJob.State.UNDOING}:
        lifecycle.run_step(job)
        job.refresh_from_db()


def import_file(client: Client, content: bytes) -> ImportJob:
    """Imports the file with the defaults of the preview."""
    job = import_as_far_as_preview(client, content)
    client.post(f"/library/import/{job.pk}/start", headers=BROWSER)
    run_to_the_end(job)
    return job
