"""Rows that state no reading status: the reader chooses the status of new books in the preview."""

from typing import Any

import pytest

from tests.support.factories import make_book
from tests.support.imports import import_file, outcomes_of, read_file, row_of, run_until_done
from tests.web.import_files import STORYGRAPH, write_table
from users.imports.jobs import lifecycle
from users.models import ImportJob, LibraryEntry, User

pytestmark = pytest.mark.django_db
TAGGED = {"Title": "Odes", "Authors": "Horace", "Tags": "latin"}
READ = {"Title": "Emma", "Authors": "Jane Austen", "Read Status": "read"}
BOOKWYRM = ("title", "author_text", "remote_id", "start_date", "shelf", "shelf_name")


def storygraph(*rows: dict[str, str]) -> bytes:
    return write_table(STORYGRAPH, *rows)


def entries_of(user: User) -> dict[str, tuple[str, list[str | None]]]:
    """The status and the outcomes of the readings, by title."""
    entries = LibraryEntry.objects.filter(user=user)
    return {each.book.title: (each.status, [it.outcome for it in each.readings.all()]) for each in entries}


@pytest.mark.parametrize(
    ("answers", "status", "readings"),
    [
        ({}, "want_to_read", []),
        ({"without_status": "paused"}, "paused", []),
        ({"without_status": "read"}, "read", ["finished"]),
        ({"without_status": "stopped"}, "stopped", ["abandoned"]),
    ],
)
def test_new_book_gets_the_answered_status(
    ann: User, answers: dict[str, str], status: str, readings: list[str | None]
) -> None:
    job = import_file(ann, storygraph(TAGGED, READ), **answers)

    assert job.preview["without_status"] == 1
    assert entries_of(ann) == {"Odes": (status, readings), "Emma": ("read", ["finished"])}


def test_bookwyrm_row_that_is_on_no_shelf(ann: User) -> None:
    row = {"title": "Odes", "author_text": "Horace", "start_date": "2024-05-03"}

    job = import_file(ann, write_table(BOOKWYRM, row), without_status="reading")

    assert job.preview["without_status"] == 1
    assert entries_of(ann) == {"Odes": ("reading", [None])}


def test_new_books_can_be_left_out(ann: User) -> None:
    content = storygraph(TAGGED, READ)

    job = import_file(ann, content, without_status="skip")

    assert job.preview["outcomes"]["skipped"] == 1
    assert outcomes_of(job) == ["skipped", "created"]
    assert "no reading status" in row_of(job).reason
    assert set(entries_of(ann)) == {"Emma"}


@pytest.mark.parametrize("answer", ["read", "skip"])
@pytest.mark.parametrize("overwrite", [True, False])
def test_book_of_the_library_keeps_its_status(ann: User, answer: str, overwrite: bool) -> None:
    book = make_book(title="Odes", authors=["Horace"])
    LibraryEntry.objects.create(user=ann, book=book, status="paused")

    job = import_file(ann, storygraph(TAGGED), without_status=answer, overwrite=overwrite)

    assert outcomes_of(job) == ["updated"]
    assert entries_of(ann) == {"Odes": ("paused", [])}
    assert [tag.name for tag in LibraryEntry.objects.get().tags.all()] == ["latin"]


@pytest.mark.parametrize(
    ("rows", "counts", "outcomes"),
    [
        ((TAGGED, {**TAGGED, "Read Status": "read"}), (1, 1, 0), ["skipped", "created"]),
        (({**TAGGED, "Read Status": "read"}, TAGGED), (1, 0, 1), ["created", "unchanged"]),
    ],
)
def test_left_out_row_of_a_book_that_another_row_has(
    ann: User, rows: tuple[dict[str, str], ...], counts: tuple[int, ...], outcomes: list[str]
) -> None:
    job = import_file(ann, storygraph(*rows), without_status="skip")

    preview: dict[str, Any] = job.preview
    counted = preview["outcomes"]["created"], preview["outcomes"]["skipped"], preview["repeated"]
    assert counted == counts
    assert outcomes_of(job) == outcomes
    assert entries_of(ann) == {"Odes": ("read", ["finished"])}


def test_second_import_changes_nothing(ann: User) -> None:
    import_file(ann, storygraph(TAGGED), without_status="read")

    assert outcomes_of(import_file(ann, storygraph(TAGGED), without_status="stopped")) == ["unchanged"]
    assert entries_of(ann) == {"Odes": ("read", ["finished"])}


def test_answers_of_an_earlier_version_have_the_default(ann: User) -> None:
    job = read_file(ann, storygraph(TAGGED))
    ImportJob.objects.update(answers={"shelves": {}, "media": {}, "overwrite": False})

    lifecycle.commit(job)
    run_until_done(job, ImportJob.State.IMPORTING)

    assert outcomes_of(job) == ["created"]
    assert entries_of(ann) == {"Odes": ("want_to_read", [])}
