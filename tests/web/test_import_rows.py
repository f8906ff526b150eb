"""Decisions about single rows of an import: suggestions, keeping as entered, corrections, and the file of the rest."""

import csv
import io
from typing import Any

import pytest
from django.test import Client

from tests.support.factories import make_book
from tests.web.import_files import goodreads, import_file, odes
from tests.web.pages import BROWSER, get_page, parse, text_of, texts_of
from users.models import ImportJob, LibraryEntry, User

pytestmark = pytest.mark.django_db


def post_row(client: Client, job: ImportJob, number: int, action: str, **fields: str) -> Any:
    address = f"/library/import/{job.pk}/rows/{number}/{action}"
    response = client.post(address, {"outcome": "needs_review", **fields}, headers=BROWSER, follow=True)
    assert response.status_code == 200
    return parse(response)


def test_suggestion_is_accepted_with_one_click(owner: User, owner_client: Client) -> None:
    book = make_book(title="Odes", authors=["Pindar"])
    job = import_file(owner_client, goodreads(odes()))
    page = get_page(f"/library/import/{job.pk}", owner_client)
    assert texts_of(page, ".chips [aria-current]") == ["To review 1"]
    assert page.select(f".suggestion a[href='/book/{book.pk}/odes']")

    page = post_row(owner_client, job, 1, "accept", book=str(book.pk))

    assert text_of(page, ".notice.good") == "Line 2 is “Odes” now."
    assert LibraryEntry.objects.get(user=owner).book == book


def test_row_is_kept_as_entered(owner: User, owner_client: Client) -> None:
    other = make_book(title="Odes", authors=["Pindar"])
    job = import_file(owner_client, goodreads(odes()))

    page = post_row(owner_client, job, 1, "keep")

    assert texts_of(page, ".chips a") == ["Added 1"]
    assert LibraryEntry.objects.get(user=owner).book != other


@pytest.mark.parametrize("book", ["", "x", "0", "9" * 30])
def test_book_that_does_not_exist_cannot_be_accepted(owner_client: Client, book: str) -> None:
    make_book(title="Odes", authors=["Pindar"])
    job = import_file(owner_client, goodreads(odes()))

    response = owner_client.post(f"/library/import/{job.pk}/rows/1/accept", {"book": book}, headers=BROWSER)

    assert response.status_code == 404


def test_failed_row_is_corrected(owner: User, owner_client: Client) -> None:
    job = import_file(owner_client, goodreads(odes(Title="")))
    page = get_page(f"/library/import/{job.pk}", owner_client)
    assert "neither a title nor an ISBN" in text_of(page, ".import-row")

    page = post_row(owner_client, job, 1, "correct", title="Odes", authors="Horace\nPindar", isbn="123")
    assert "Not an ISBN" in text_of(page, ".notice.bad")
    page = post_row(owner_client, job, 1, "correct", title="Odes", authors="Horace\nPindar")

    assert text_of(page, ".notice.good") == "“Odes” is in your library."
    entry = LibraryEntry.objects.get(user=owner)
    assert [each.shown_name for each in entry.book.authorships.all()] == ["Horace", "Pindar"]


def test_rows_that_need_work_are_a_table(owner_client: Client) -> None:
    job = import_file(owner_client, goodreads(odes(Title=""), odes(**{"Book Id": "2", "Title": "Epodes"})))

    response = owner_client.get(f"/library/import/{job.pk}/not-imported.csv")

    assert response["Content-Disposition"] == f'attachment; filename="import-{job.pk}-not-imported.csv"'
    (row,) = csv.DictReader(io.StringIO(response.content.decode("utf-8-sig")))
    assert (row["Author"], row["Line"], row["Reason"]) == ("Horace", "2", "The row has neither a title nor an ISBN.")


def test_open_library_is_asked_again(owner_client: Client) -> None:
    job = import_file(owner_client, goodreads(odes(Title="", ISBN13="9780140447934")))
    job.rows.update(lookup="unknown")
    page = get_page(f"/library/import/{job.pk}", owner_client)
    assert page.select(f"form[action='/library/import/{job.pk}/retry'] button")

    page = parse(owner_client.post(f"/library/import/{job.pk}/retry", headers=BROWSER, follow=True))

    assert "asked again for 1 book." in text_of(page, ".notice.good")
    assert job.rows.get().lookup == "waiting"


def test_covers_are_added_after_the_import(owner_client: Client) -> None:
    """The part about Open Library loads itself again while books wait for it."""
    rows = [odes(**{"Book Id": "1", "ISBN13": "9780140447934"}), odes(**{"Book Id": "2", "Title": "Epodes"})]
    job = import_file(owner_client, goodreads(*rows))

    waiting = get_page(f"/library/import/{job.pk}", owner_client)
    job.rows.filter(lookup="waiting").update(lookup="unknown")
    done = get_page(f"/library/import/{job.pk}", owner_client)

    assert "still being added: 0 of 1." in text_of(waiting, "#enrichment")
    assert waiting.select("#enrichment[hx-get]")
    assert "except 1 that Open Library does not know" in text_of(done, "#enrichment")
    assert not done.select("#enrichment[hx-get]")


def test_unknown_outcomes_and_pages_show_an_existing_one(owner_client: Client) -> None:
    job = import_file(owner_client, goodreads(odes()))

    for query in ("?outcome=nothing", "?outcome=created&page=99", "?page=x"):
        page = get_page(f"/library/import/{job.pk}{query}", owner_client)
        assert texts_of(page, ".import-row b") == ["Odes"]
