"""Uploads of libraries: wrong files, columns and formats."""

import pytest
from django.test import Client
from pytest_django.fixtures import Settings

from tests.web.import_files import (
    goodreads,
    import_as_far_as_preview,
    import_file,
    odes,
    upload,
)
from tests.web.import_steps import page_of, post
from tests.web.pages import BROWSER, get_page, parse, text_of, texts_of
from users.imports.jobs import lifecycle
from users.models import ImportJob, LibraryEntry

pytestmark = pytest.mark.django_db

PNG = b"\x89PNG\r\n\x1a\n" + bytes(40)


def test_upload_page_names_services_limits_and_kinds_of_files(owner_client: Client) -> None:
    page = get_page("/library/import", owner_client)

    assert {"Goodreads", "StoryGraph", "LibraryThing"} <= set(texts_of(page, "table th[scope=row]"))
    assert "At most 20 MB and 10,000 books." in text_of(page, "form.form")
    assert ".csv" in str(page.select("input[type=file]")[0]["accept"])


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (PNG, "This is an image."),
        (b"PK\x03\x04" + bytes(60), "ZIP"),
        (b"<html><body>Sign in</body></html>", "This is a web page"),
        (b'{"movies": []}', "JSON file of another program"),
    ],
    ids=["image", "damaged ZIP", "page", "JSON of another program"],
)  # fmt: skip
def test_wrong_file_is_named_with_advice(owner_client: Client, content: bytes, message: str) -> None:
    job = import_as_far_as_preview(owner_client, content)

    page = page_of(owner_client, job)

    assert message in text_of(page, ".notice.bad")
    assert page.select("a[href='/library/import']")
    assert not LibraryEntry.objects.exists()


def test_empty_and_missing_files_are_refused_at_once(owner_client: Client) -> None:
    page = parse(upload(owner_client, b"", status=422))
    assert "The file is empty." in text_of(page, ".errorlist")

    page = parse(owner_client.post("/library/import", headers=BROWSER))
    assert "Choose a file first." in text_of(page, ".errorlist")
    assert not ImportJob.objects.exists()


def test_file_that_is_too_large_is_refused(owner_client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("web.views.imports.upload.MAX_BYTES", 1024**2)

    page = parse(upload(owner_client, b"x" * (1024**2 + 1024**2 // 2), status=422))

    assert "The file has 1.5 MB. At most 1 MB are possible. Split it" in text_of(page, ".errorlist")


def test_uploads_are_limited(owner_client: Client, settings: Settings) -> None:
    settings.UPLOADS_PER_ACCOUNT = "2/hour"
    for _ in range(2):
        upload(owner_client, goodreads(odes()))

    assert "Request was throttled" in parse(upload(owner_client, goodreads(odes()), status=429)).get_text()
    assert ImportJob.objects.count() == 2


def test_unknown_table_asks_for_its_columns(owner_client: Client) -> None:
    """The proposed columns are selected; the choice leads to the preview and is proposed for the next file."""
    content = b"Titel;Wer;Punkte\nOdes;Horace;4\n"
    job = import_as_far_as_preview(owner_client, content)

    page = page_of(owner_client, job)
    assert "Nothing has been saved yet." in text_of(page, ".notice")
    assert [option.text for option in page.select("#column-title option[selected]")] == ["Titel"]
    assert not page.select("#column-authors option[selected]")
    assert texts_of(page, "table td") == ["Odes", "Horace", "4"]

    post(owner_client, job, "columns", title="Titel", authors="Wer", rating="Punkte")
    lifecycle.run_step(job)
    assert "Horace" in text_of(page_of(owner_client, job), ".rows")
    other = import_as_far_as_preview(owner_client, content)
    assert [option.text for option in page_of(owner_client, other).select("#column-authors option[selected]")] == [
        "Wer"
    ]


def test_choice_of_columns_needs_a_title_or_an_isbn(owner_client: Client) -> None:
    job = import_as_far_as_preview(owner_client, b"Titel;Wer\nOdes;Horace\n")

    response = owner_client.post(f"/library/import/{job.pk}/columns", {"title": "", "authors": "Wer"}, headers=BROWSER)

    assert response.status_code == 422
    page = parse(response)
    assert "Choose the column with the title" in text_of(page, "[role=alert].notice")
    assert [option.text for option in page.select("#column-authors option[selected]")] == ["Wer"]


def test_columns_of_a_known_format_can_be_chosen_too(owner_client: Client) -> None:
    job = import_as_far_as_preview(owner_client, goodreads(odes()))

    page = page_of(owner_client, job, "?columns")

    assert [option.text for option in page.select("#column-title option[selected]")] == ["Title"]
    assert "Odes" in texts_of(page, "table td")


def test_detected_format_can_be_corrected(owner_client: Client) -> None:
    """The file is read again. A format that it does not have leads to the same choice."""
    job = import_as_far_as_preview(owner_client, goodreads(odes()))
    page = page_of(owner_client, job)
    assert text_of(page, "#format option[selected]") == "Goodreads"

    post(owner_client, job, "format", format="librarything_json")
    lifecycle.run_step(job)
    page = page_of(owner_client, job)
    assert "The file is not of the format LibraryThing (JSON)" in text_of(page, ".notice.bad")
    assert page.select("details[open] #format")

    post(owner_client, job, "format", format="goodreads")
    lifecycle.run_step(job)
    assert text_of(page_of(owner_client, job), ".counts") == "1 new in your library"


def test_format_that_does_not_exist_changes_nothing(owner_client: Client) -> None:
    job = import_as_far_as_preview(owner_client, goodreads(odes()))

    page = post(owner_client, job, "format", format="excel")

    assert "excel" in text_of(page, ".notice.bad")
    job.refresh_from_db()
    assert (job.state, job.format) == ("ready", "goodreads")


def test_format_cannot_be_corrected_after_the_start(owner_client: Client) -> None:
    job = import_file(owner_client, goodreads(odes()))
    assert not page_of(owner_client, job).select("#format")

    assert "not possible now" in text_of(post(owner_client, job, "format", format="storygraph"), ".notice.bad")
