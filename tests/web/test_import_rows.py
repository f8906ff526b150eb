"""Decisions about single rows of an import: suggestions, keeping as entered, corrections, and the file of the rest."""

import csv
import io
from typing import Any

import pytest
from django.test import Client

from tests.fakes.openlibrary.app import OpenLibrary
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


def open_search(client: Client, job: ImportJob, query: str = "") -> Any:
    return get_page(f"/library/import/{job.pk}/rows/1/search{query}", client)


@pytest.fixture
def reviewed(owner_client: Client) -> ImportJob:
    """An import with a row to review."""
    make_book(title="War", authors=["Sebastian Junger"])
    return import_file(owner_client, goodreads(odes(Title="War", Author="Tolstoy")))


def test_search_starts_with_the_row(owner_client: Client, reviewed: ImportJob, open_library: OpenLibrary) -> None:
    report = get_page(f"/library/import/{reviewed.pk}", owner_client)
    link = str(report.select(".import-row a.button")[0]["href"])

    page = get_page(link, owner_client)

    assert [str(field.get("value")) for field in page.select("main input[maxlength]")] == ["War", "Tolstoy", ""]
    assert texts_of(page, "#in-catalogue-heading ~ *, .rows h3") == ["War"]
    assert page.select("#open-library[hx-get]")
    assert not open_library.requests
    assert page.select("button.button")[-1].get_text() == "Keep as entered"


def test_search_shows_both_sources(owner_client: Client, reviewed: ImportJob, open_library: OpenLibrary) -> None:
    page = open_search(owner_client, reviewed, "?title=war&author=&isbn=&sources=all")

    assert texts_of(page, ".rows h3") == ["War", "War and Peace", "Pippi goes to war"]
    assert page.select("input[name=work_key][value=OL10W]")


def test_search_without_open_library_keeps_the_catalogue(
    owner_client: Client, reviewed: ImportJob, open_library: OpenLibrary
) -> None:
    open_library.fault = "html500"

    page = open_search(owner_client, reviewed, "?title=war&sources=all")

    assert texts_of(page, ".rows h3") == ["War"]
    assert "Open Library responded with status 500." in text_of(page, "#open-library .notice")
    assert page.select("#open-library .notice a")


@pytest.mark.parametrize(
    ("query", "message"),
    [("?title=", "Enter a title, an author or an ISBN."), ("?title=war&isbn=1", "Not an ISBN")],
)
def test_wrong_text_of_a_search_is_explained(
    owner_client: Client, reviewed: ImportJob, query: str, message: str
) -> None:
    page = open_search(owner_client, reviewed, query)

    assert message in text_of(page, "main .errorlist")
    assert not page.select(".rows")


def test_book_of_open_library_is_chosen(
    owner: User, owner_client: Client, reviewed: ImportJob, open_library: OpenLibrary
) -> None:
    page = post_row(owner_client, reviewed, 1, "accept", work_key="OL10W", search="title=war")

    assert text_of(page, ".notice.good") == "Line 2 is “War and Peace” now."
    assert LibraryEntry.objects.get(user=owner).book.source == "open_library"


def test_search_is_shown_again_after_an_error(
    owner_client: Client, reviewed: ImportJob, open_library: OpenLibrary
) -> None:
    open_library.fault = "html500"

    search = "title=wa%26r&isbn=&x=1&outcome=created"
    page = post_row(owner_client, reviewed, 1, "accept", work_key="OL10W", search=search)

    assert "Nothing was saved: Open Library responded with status 500." in text_of(page, ".messages, .notice.bad")
    assert page.select("#search-title[value='wa&r']")
    assert LibraryEntry.objects.get().book.title == "War"


def test_row_that_is_decided_is_not_searched(owner_client: Client, reviewed: ImportJob) -> None:
    post_row(owner_client, reviewed, 1, "keep")

    response = owner_client.get(f"/library/import/{reviewed.pk}/rows/1/search", headers=BROWSER)

    assert response["Location"] == f"/library/import/{reviewed.pk}"
