"""The choice of the columns of a table that no known service has written."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from users.imports.column_suggestions import suggest_columns
from users.imports.formats.mapped import FIELDS
from users.imports.jobs.lifecycle import find_earlier_mapping
from users.models import ImportJob

SAMPLES = 3  # rows
MAX_SAMPLE = 60  # characters of a cell
LABELS = {
    "title": "Title",
    "authors": "Authors",
    "isbn": "ISBN",
    "status": "Reading status",
    "rating": "Your rating",
    "review": "Review",
    "notes": "Private notes",
    "tags": "Tags",
    "added_on": "Added on",
    "started_on": "Started on",
    "finished_on": "Finished on",
    "owned": "Owned",
    "format": "Paper, e-book or audio",
    "publication_year": "Year of the first publication",
}


@dataclass(frozen=True, slots=True)
class Field:
    """A field of the library, and the column of the file that is selected for it; empty if there is none."""

    name: str
    label: str
    column: str


def list_fields(job: ImportJob, chosen: Mapping[str, str] | None = None) -> list[Field]:
    """`chosen` are the reader's choices. Without them an earlier choice for the same columns is proposed."""
    selected = (
        chosen if chosen is not None else job.mapping or find_earlier_mapping(job) or suggest_columns(job.columns)
    )
    return [Field(name, LABELS[name], selected.get(name, "")) for name in FIELDS]


def read_mapping(data: Mapping[str, str]) -> dict[str, str]:
    """The column of each field that has one."""
    return {name: column for name in FIELDS if (column := data.get(name, ""))}


def list_samples(job: ImportJob) -> list[list[str]]:
    """The cells of the first rows, in the order of the columns."""
    rows: list[dict[str, Any]] = list(job.samples[:SAMPLES]) or list(job.rows.values_list("raw", flat=True)[:SAMPLES])
    return [[shorten(row.get(column)) for column in job.columns] for row in rows]


def shorten(cell: object) -> str:
    text = " ".join(str(cell or "").split())
    return text if len(text) <= MAX_SAMPLE else f"{text[: MAX_SAMPLE - 1]}…"
