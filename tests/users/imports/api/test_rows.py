"""The rows of an import: lists, corrections, choices, and the file of those that were not imported."""

import csv
import io
from typing import Any

import pytest
from rest_framework.test import APIClient

from tests.support.clients import make_client
from tests.support.factories import make_book, make_user
from tests.users.imports.api.conftest import TABLE, Run, Upload
from users.models import ImportJobRow, LibraryEntry, User

pytestmark = pytest.mark.django_db
REVIEWED = "Title,Author,ISBN13,Exclusive Shelf,My Rating,Date Read,Book Id\nOdes,,,read,4,,1\n"


@pytest.fixture
def imported(ann_client: APIClient, upload: Upload, run_job: Run) -> Any:
    """Imports a file; returns the address of the import."""

    def run(content: str = TABLE) -> str:
        pk = upload(content).json()["id"]
        run_job(pk)
        assert ann_client.post(f"/api/imports/{pk}/commit").status_code == 202
        run_job(pk)
        return f"/api/imports/{pk}"

    return run


def test_rows_are_listed_by_outcome(ann_client: APIClient, imported: Any) -> None:
    address = imported()

    failed = ann_client.get(f"{address}/rows?outcome=failed").json()
    created = ann_client.get(f"{address}/rows?outcome=created&limit=1").json()

    assert failed["count"] == 1
    row = failed["results"][0]
    assert (row["number"], row["line"], row["outcome"], row["title"], row["entry"]) == (3, 4, "failed", None, None)
    assert "neither a title nor an ISBN" in row["reason"]
    assert (created["count"], len(created["results"])) == (2, 1)
    odes = created["results"][0]
    assert (odes["title"], odes["authors"], odes["isbn"]) == ("Odes", ["Horace"], "9780140444223")
    assert (odes["match"], odes["lookup"]) == ("row", "waiting")
    assert odes["entry"] == LibraryEntry.objects.get(book__title="Odes").pk
    assert ann_client.get(f"{address}/rows?outcome=none").status_code == 422


def test_a_failed_row_is_corrected_and_imported(ann_client: APIClient, imported: Any) -> None:
    address = imported()

    wrong = ann_client.patch(f"{address}/rows/3", {"isbn": "9780140444224"})
    empty = ann_client.patch(f"{address}/rows/3", {})
    corrected = ann_client.patch(f"{address}/rows/3", {"title": "Epodes", "authors": ["Horace"]})

    assert [each["pointer"] for each in wrong.json()["errors"]] == ["/isbn"]
    assert [each["pointer"] for each in empty.json()["errors"]] == ["/title"]
    assert corrected.json()["outcome"] == "created"
    assert LibraryEntry.objects.get(pk=corrected.json()["entry"]).status == "read"
    assert ann_client.patch(f"{address}/rows/3", {"title": "Other"}).status_code == 409


def test_a_suggested_book_is_accepted(ann: User, ann_client: APIClient, imported: Any) -> None:
    first, second = make_book(title="Odes", authors=["Horace"]), make_book(title="Odes", authors=["Keats"])
    address = imported(REVIEWED)
    row = ann_client.get(f"{address}/rows").json()["results"][0]
    assert row["outcome"] == "needs_review"
    assert {each["id"]: each["authors"] for each in row["suggestions"]} == {first.pk: ["Horace"], second.pk: ["Keats"]}

    unknown = ann_client.post(f"{address}/rows/1/accept", {"book": 999_999})
    accepted = ann_client.post(f"{address}/rows/1/accept", {"book": second.pk})

    assert [each["pointer"] for each in unknown.json()["errors"]] == ["/book"]
    assert (accepted.json()["outcome"], accepted.json()["match"], accepted.json()["suggestions"]) == (
        "created",
        "person",
        [],
    )
    entry = LibraryEntry.objects.get(user=ann)
    assert (entry.pk, entry.book) == (accepted.json()["entry"], second)
    assert entry.rating == 4
    assert ann_client.post(f"{address}/rows/1/accept", {"book": first.pk}).status_code == 409


def test_a_row_to_review_is_kept_as_entered(ann: User, ann_client: APIClient, imported: Any) -> None:
    make_book(title="Odes", authors=["Horace"])
    address = imported(REVIEWED)

    kept = ann_client.post(f"{address}/rows/1/keep")

    assert (kept.status_code, kept.json()["outcome"]) == (200, "created")
    assert LibraryEntry.objects.get(user=ann).book.source == "import"


def test_a_row_without_a_title_gets_exactly_the_chosen_book(ann: User, ann_client: APIClient, imported: Any) -> None:
    """Two books have its title, so that a match by title would not be certain."""
    make_book(title="Odes", authors=["Horace"])
    chosen = make_book(title="Odes", authors=["Horace"])
    address = imported("9780140444223\n9780140449136\n")
    row = ann_client.get(f"{address}/rows").json()["results"][0]
    assert (row["outcome"], row["entry"]) == ("needs_review", None)

    accepted = ann_client.post(f"{address}/rows/1/accept", {"book": chosen.pk})

    assert accepted.status_code == 200, accepted.content
    assert (accepted.json()["outcome"], accepted.json()["match"]) == ("created", "person")
    assert LibraryEntry.objects.get(user=ann).book == chosen


def test_undo_keeps_an_entry_that_was_changed_before_its_book_was_chosen(
    ann: User, ann_client: APIClient, imported: Any, run_job: Run
) -> None:
    chosen = make_book(title="Odes", authors=["Horace"])
    address = imported(REVIEWED)
    entry = LibraryEntry.objects.get(user=ann)
    ann_client.patch(f"/api/library/{entry.pk}", {"review": "Mine."})
    ann_client.post(f"{address}/rows/1/accept", {"book": chosen.pk})

    ann_client.post(f"{address}/undo")
    run_job(int(address.rpartition("/")[2]))

    assert ann_client.get(address).json()["undone"] == {"removed": 0, "restored": 0, "kept": 1}
    assert LibraryEntry.objects.get(user=ann).review == "Mine."


def test_rows_that_were_not_imported_are_downloaded(ann_client: APIClient, imported: Any) -> None:
    response = ann_client.get(f"{imported()}/failed.csv")

    assert response.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert response.headers["Content-Disposition"].endswith('-failed.csv"')
    rows = list(csv.DictReader(io.StringIO(response.getvalue().decode("utf-8-sig"))))
    assert [(row["Book Id"], row["Line"], row["Outcome"]) for row in rows] == [("3", "4", "Failed")]


def test_unpublished_books_of_others_are_no_choice(ann_client: APIClient, imported: Any) -> None:
    hidden = make_book(title="Odes", is_published=False)
    LibraryEntry.objects.create(user=make_user(), book=hidden)
    make_book(title="Odes", authors=["Horace"])
    address = imported(REVIEWED)

    assert ann_client.post(f"{address}/rows/1/accept", {"book": hidden.pk}).status_code == 422


def test_open_library_is_asked_again_for_unknown_books(ann_client: APIClient, imported: Any) -> None:
    address = imported("9780140444223\n9780140449136\n")
    ImportJobRow.objects.update(lookup="unknown")

    retried = ann_client.post(f"{address}/retry")

    assert (retried.status_code, retried.json()["progress"]["lookups_waiting"]) == (202, 2)


@pytest.mark.parametrize("is_staff", [False, True])
def test_imports_of_others_do_not_exist(ann_client: APIClient, imported: Any, is_staff: bool) -> None:
    address = imported()
    other = make_client(make_user(is_staff=is_staff, is_superuser=is_staff))

    assert other.get("/api/imports").json()["count"] == 0
    for path in ("", "/rows", "/rows?outcome=failed", "/failed.csv"):
        assert other.get(f"{address}{path}").status_code == 404
    for path in ("/commit", "/cancel", "/undo", "/retry", "/rows/1/keep", "/rows/1/accept"):
        assert other.post(f"{address}{path}").status_code == 404
    assert other.patch(address, {"overwrite": True}).status_code == 404
    assert other.patch(f"{address}/rows/3", {"title": "Odes"}).status_code == 404
