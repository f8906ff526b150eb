"""Searching again for the book of a row: the catalogue and Open Library, and choosing a result."""

from decimal import Decimal
from typing import Any

import pytest
from pytest_django.fixtures import Settings
from rest_framework.test import APIClient

from books.models import Book
from tests.fakes.openlibrary.app import OpenLibrary
from tests.support.clients import make_client
from tests.support.factories import make_book, make_user
from tests.support.imports import goodreads_file, import_file, undo_import
from users.library.entries import change_locked_entry, lock_entry
from users.models import ImportJob, LibraryEntry, Reading, User

pytestmark = pytest.mark.django_db
ROW = {
    "Title": "War", "Author": "Tolstoy", "My Rating": "4", "Exclusive Shelf": "read", "Date Read": "2024/05/03",
    "Private Notes": "Lent to Bob.",
}  # fmt: skip


@pytest.fixture
def job(ann: User) -> ImportJob:
    """A row to review: the catalogue has a book of another author with its title."""
    make_book(title="War", authors=["Sebastian Junger"])
    job = import_file(ann, goodreads_file(ROW))
    assert job.rows.get().outcome == "needs_review"
    return job


def address_of(job: ImportJob) -> str:
    return f"/api/imports/{job.pk}/rows/1"


def search(client: APIClient, job: ImportJob, query: str = "") -> Any:
    response = client.get(f"{address_of(job)}/search{query}")
    assert response.status_code == 200, response.content
    return response.json()


def test_the_search_starts_with_the_statements_of_the_row(
    ann_client: APIClient, job: ImportJob, open_library: OpenLibrary
) -> None:
    found = search(ann_client, job)

    assert (found["title"], found["author"], found["isbn"]) == ("War", "Tolstoy", "")
    assert [each["title"] for each in found["results"]] == ["War"]
    assert open_library.queries[0]["q"] == "war tolstoy"


def test_entered_texts_are_searched_in_both_sources(
    ann_client: APIClient, job: ImportJob, open_library: OpenLibrary
) -> None:
    found = search(ann_client, job, "?title=war")

    assert [(each["title"], each["work_key"]) for each in found["results"]] == [
        ("War", None), ("War and Peace", "OL10W"), ("Pippi goes to war", "OL12W"),
    ]  # fmt: skip
    assert {each["name"]: each["status"] for each in found["sources"]} == {"catalogue": "ok", "open_library": "ok"}


def test_hits_of_the_isbn_are_first(ann_client: APIClient, job: ImportJob, open_library: OpenLibrary) -> None:
    make_book(title="War games", isbn_13="9780306406157")

    found = search(ann_client, job, "?title=war&isbn=0-306-40615-2")

    assert found["results"][0]["title"] == "War games"
    assert found["isbn"] == "9780306406157"


def test_the_catalogue_is_searched_without_open_library(
    ann_client: APIClient, job: ImportJob, open_library: OpenLibrary
) -> None:
    open_library.fault = "html500"

    found = search(ann_client, job)

    assert [each["title"] for each in found["results"]] == ["War"]
    state = next(each for each in found["sources"] if each["name"] == "open_library")
    assert (state["status"], state["reason"]) == ("unavailable", "Open Library responded with status 500.")


@pytest.mark.parametrize(
    ("query", "parameter"),
    [
        ("title=", "title"),
        ("isbn=123", "isbn"),
        ("title=%00", "title"),
        (f"author={'x' * 201}", "author"),
        ("q=x", "q"),
    ],
)
def test_wrong_parameters_are_named(ann_client: APIClient, job: ImportJob, query: str, parameter: str) -> None:
    response = ann_client.get(f"{address_of(job)}/search?{query}")

    assert response.status_code == 422
    assert [each["parameter"] for each in response.json()["errors"]] == [parameter]


def test_searches_are_limited(ann_client: APIClient, job: ImportJob, settings: Settings) -> None:
    settings.SEARCHES_PER_ADDRESS, settings.OPENLIBRARY_URL = "1/min", "http://127.0.0.1:9/"
    search(ann_client, job)

    assert ann_client.get(f"{address_of(job)}/search").status_code == 429


def test_rows_of_others_cannot_be_searched(job: ImportJob) -> None:
    other = make_client(make_user(is_staff=True, is_superuser=True))

    assert other.get(f"{address_of(job)}/search").status_code == 404
    assert other.post(f"{address_of(job)}/accept", {"work_key": "OL10W"}).status_code == 404


@pytest.mark.parametrize(
    ("choice", "title", "source_key"),
    [
        ({"work_key": "OL10W"}, "War and Peace", "OL10W"),
        ({"work_key": "OL20M"}, "War and Peace (Penguin)", "OL20M"),
        ({"isbn": "9780140447934"}, "War and Peace (Penguin)", "OL20M"),
    ],
)
def test_a_book_of_open_library_is_chosen(
    ann: User,
    ann_client: APIClient,
    job: ImportJob,
    open_library: OpenLibrary,
    choice: dict[str, str],
    title: str,
    source_key: str,
) -> None:
    entry = LibraryEntry.objects.get()
    before = [entry.status, entry.rating, entry.notes, entry.added_on, *entry.readings.values_list()]

    response = ann_client.post(f"{address_of(job)}/accept", choice)

    assert (response.status_code, response.json()["outcome"], response.json()["match"]) == (200, "created", "person")
    moved = LibraryEntry.objects.get()
    assert (moved.pk, moved.book.title, moved.book.source_key) == (entry.pk, title, source_key)
    assert (moved.book.source, moved.book.is_published) == ("open_library", True)
    assert [moved.status, moved.rating, moved.notes, moved.added_on, *moved.readings.values_list()] == before
    assert not Book.objects.filter(source="import").exists()
    assert undo_import(job).undone == {"removed": 1, "restored": 0, "kept": 0}


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({}, 422), ({"book": 1, "isbn": "9780140447934"}, 422), ({"isbn": "9780140447935"}, 422),
        ({"work_key": "OL999W"}, 422), ({"title": "War"}, 422),
    ],
)  # fmt: skip
def test_a_choice_that_cannot_be_used_changes_nothing(
    ann_client: APIClient, job: ImportJob, open_library: OpenLibrary, body: dict[str, Any], status: int
) -> None:
    before = LibraryEntry.objects.values().get()

    assert ann_client.post(f"{address_of(job)}/accept", body).status_code == status
    assert LibraryEntry.objects.values().get() == before
    assert job.rows.get().outcome == "needs_review"


def test_a_choice_without_open_library_can_be_repeated(
    ann_client: APIClient, job: ImportJob, open_library: OpenLibrary
) -> None:
    open_library.fault = "html500"

    response = ann_client.post(f"{address_of(job)}/accept", {"work_key": "OL10W"})

    assert response.status_code == 503
    assert "Nothing was saved" in response.json()["detail"]
    assert job.rows.get().outcome == "needs_review"


def test_open_library_is_not_asked_for_a_row_that_is_decided(
    ann_client: APIClient, job: ImportJob, open_library: OpenLibrary
) -> None:
    ann_client.post(f"{address_of(job)}/keep")

    assert ann_client.post(f"{address_of(job)}/accept", {"work_key": "OL10W"}).status_code == 409
    assert not open_library.requests


def test_a_book_that_the_library_has_gets_what_the_row_states(ann: User, ann_client: APIClient, job: ImportJob) -> None:
    book = make_book(title="War and Peace")
    kept = LibraryEntry.objects.create(user=ann, book=book, status="reading", notes="Mine.")

    response = ann_client.post(f"{address_of(job)}/accept", {"book": book.pk})

    assert (response.json()["outcome"], response.json()["entry"]) == ("updated", kept.pk)
    entry = LibraryEntry.objects.get()
    assert (entry.status, entry.rating, entry.notes) == ("reading", Decimal(4), "Mine.")
    assert entry.readings.count() == 1
    undo_import(job)
    entry.refresh_from_db()
    assert (entry.status, entry.rating, entry.notes) == ("reading", None, "Mine.")
    assert not Reading.objects.exists()


def test_an_imported_entry_that_a_person_changed_is_not_combined(
    ann: User, ann_client: APIClient, job: ImportJob
) -> None:
    imported = LibraryEntry.objects.get()
    change_locked_entry(lock_entry(ann, imported.pk), {"review": "Mine."})
    book = make_book(title="War and Peace")
    LibraryEntry.objects.create(user=ann, book=book)

    response = ann_client.post(f"{address_of(job)}/accept", {"book": book.pk})

    assert response.status_code == 409
    assert "you have changed the imported entry" in response.json()["detail"]
    assert LibraryEntry.objects.get(pk=imported.pk).review == "Mine."


def test_rows_of_a_cancelled_import_can_be_reviewed(
    ann_client: APIClient, job: ImportJob, open_library: OpenLibrary
) -> None:
    ImportJob.objects.update(state="cancelled")

    assert ann_client.post(f"{address_of(job)}/accept", {"work_key": "OL10W"}).status_code == 200


def test_rows_of_a_discarded_file_cannot_be_imported(ann_client: APIClient, job: ImportJob) -> None:
    ImportJob.objects.update(state="cancelled", started_at=None)
    job.rows.update(outcome="failed")

    assert ann_client.patch(address_of(job), {"title": "Odes"}).status_code == 409
