"""Imports of libraries on the pages: preview, start, progress, cancelling, undo."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from tests.support.factories import make_book
from tests.web.import_files import (
    STORYGRAPH,
    goodreads,
    import_as_far_as_preview,
    import_file,
    odes,
    run_to_the_end,
    upload,
    write_table,
)
from tests.web.import_steps import page_of, post
from tests.web.pages import text_of, texts_of
from users.imports.jobs import lifecycle
from users.models import ImportJob, LibraryEntry, User

pytestmark = pytest.mark.django_db


def test_import_of_a_goodreads_file(owner: User, owner_client: Client) -> None:
    """Nothing is saved before the start. Afterwards the report shows what became of each row."""
    content = goodreads(odes(), odes(**{"Book Id": "2", "Title": "Epodes", "Exclusive Shelf": "to-read"}))

    response = upload(owner_client, content, name="goodreads_library_export.csv")
    job = ImportJob.objects.get()
    assert response["Location"] == f"/library/import/{job.pk}"
    assert "Being read" in text_of(page_of(owner_client, job), ".now")
    lifecycle.run_step(job)

    page = page_of(owner_client, job)
    assert "Nothing has been saved yet." in text_of(page, ".notice")
    assert text_of(page, ".counts") == "2 new in your library"
    assert text_of(page, ".button.primary") == "Add 2 books"
    assert texts_of(page, ".rows b") == ["Odes", "Epodes"]
    assert not LibraryEntry.objects.exists()

    page = post(owner_client, job, "start")
    assert page.select("progress")
    run_to_the_end(job)
    page = page_of(owner_client, job)
    assert texts_of(page, ".chips a") == ["Added 2"]
    statuses = dict(LibraryEntry.objects.filter(user=owner).values_list("book__title", "status"))
    assert statuses == {"Odes": "read", "Epodes": "want_to_read"}


def test_page_that_waits_for_the_worker_loads_itself_again(owner_client: Client) -> None:
    upload(owner_client, goodreads(odes()))
    job = ImportJob.objects.get()

    waiting = page_of(owner_client, job).select("#import")[0]
    lifecycle.run_step(job)
    ready = page_of(owner_client, job).select("#import")[0]

    assert (waiting["hx-get"], waiting["hx-select"]) == (f"/library/import/{job.pk}", "#import")
    assert waiting.select(f".without-scripts[href='/library/import/{job.pk}']")
    assert "hx-get" not in ready.attrs


def test_shelf_of_the_readers_own_is_asked_for(owner: User, owner_client: Client) -> None:
    job = import_as_far_as_preview(owner_client, goodreads(odes(**{"Exclusive Shelf": "halted"})))
    page = page_of(owner_client, job)
    assert text_of(page, ".decision label") == "halted 1 row"
    assert text_of(page, ".decision option[selected]") == "Want to read, with this name as a tag"

    page = post(owner_client, job, "answers", **{"shelf:halted": "stopped"})
    assert text_of(page, ".decision option[selected]") == "Stopped"
    post(owner_client, job, "start", **{"shelf:halted": "stopped"})
    run_to_the_end(job)

    assert LibraryEntry.objects.get(user=owner).status == "stopped"


def test_start_with_answers_that_the_preview_does_not_show_yet(owner_client: Client) -> None:
    """Without scripts the reader can change an answer and press the start button, whose text is outdated then."""
    job = import_as_far_as_preview(owner_client, goodreads(odes(**{"Exclusive Shelf": "halted"})))

    page = post(owner_client, job, "start", **{"shelf:halted": "read"})

    assert "Check the new numbers" in text_of(page, ".notice.bad")
    job.refresh_from_db()
    assert (job.state, job.answers["shelves"]) == ("ready", {"halted": "read"})


def test_page_waits_while_a_worker_counts_a_large_file(owner_client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("users.imports.jobs.lifecycle.MAX_COUNTED_AT_ONCE", 0)
    job = import_as_far_as_preview(owner_client, goodreads(odes(**{"Exclusive Shelf": "halted"})))

    waiting = post(owner_client, job, "answers", **{"shelf:halted": "read"})
    again = post(owner_client, job, "answers", **{"shelf:halted": "stopped"})
    lifecycle.run_step(job)
    ready = page_of(owner_client, job)

    assert waiting.select("#import[hx-get]")
    assert again.select("#import[hx-get]")
    assert text_of(ready, ".decision option[selected]") == "Stopped"
    assert text_of(ready, ".counts") == "1 new in your library"


def test_answer_that_does_not_exist_changes_nothing(owner_client: Client) -> None:
    job = import_as_far_as_preview(owner_client, goodreads(odes(**{"Exclusive Shelf": "halted"})))

    page = post(owner_client, job, "answers", **{"shelf:halted": "burnt"})

    assert "is no answer for 'halted'" in text_of(page, ".notice.bad")
    job.refresh_from_db()
    assert job.answers == {}


def test_preview_shows_rounded_ratings_unknown_columns_and_problems(owner_client: Client) -> None:
    content = write_table(
        (*STORYGRAPH, "Mood"),
        {"Title": "Odes", "Authors": "Horace", "Read Status": "read", "Star Rating": "3.25", "Dates Read": "yesterday"},
    )
    page = page_of(owner_client, import_as_far_as_preview(owner_client, content))

    assert "1 rating in quarters is rounded up" in page.get_text()
    assert "rated 3.5 (was 3.25)" in text_of(page, ".rows .entry-row")
    assert "no place in the library: Mood." in page.get_text()
    assert "Line 2, Dates Read:" in text_of(page, "[aria-labelledby=problems] li")


def test_status_of_rows_without_one_is_asked_for(owner: User, owner_client: Client) -> None:
    rows = ({"Title": "Odes", "Read Status": ""}, {"Title": "Emma", "Read Status": "read"},
            {"Title": "Ubik", "Read Status": "borrowed"}, {"Read Status": ""})  # fmt: skip
    job = import_as_far_as_preview(owner_client, write_table(STORYGRAPH, *rows))
    page = page_of(owner_client, job)
    assert "1 row of the file states no reading status." in page.get_text()
    assert texts_of(page, ".decision label") == ["borrowed 1 row", "No reading status 1 row"]
    assert texts_of(page, ".decision option[selected]")[1] == "Want to read"
    assert "Want to read" in texts_of(page, ".rows .entry-row")[0]

    answers = {"shelf:borrowed": "tag", "without_status": "paused"}
    page = post(owner_client, job, "answers", **answers)
    assert "Paused" in texts_of(page, ".rows .entry-row")[0]
    page = post(owner_client, job, "start", **{**answers, "without_status": "skip"})
    assert "Check the new numbers" in text_of(page, ".notice.bad")
    assert "1 left out" in texts_of(page, ".counts li")
    post(owner_client, job, "start", **{**answers, "without_status": "skip"})
    run_to_the_end(job)

    assert set(LibraryEntry.objects.filter(user=owner).values_list("book__title", flat=True)) == {"Emma", "Ubik"}


def test_file_that_states_every_status_has_no_question(owner_client: Client) -> None:
    job = import_as_far_as_preview(owner_client, goodreads(odes()))

    page = post(owner_client, job, "answers", without_status="read")

    assert not page.select(".decision")
    assert "Every row of the file states a reading status." in text_of(page, ".notice.bad")


def test_overwriting_is_a_choice_that_the_preview_shows(owner: User, owner_client: Client) -> None:
    LibraryEntry.objects.create(user=owner, book=make_book(title="Odes", authors=["Horace"]), status="read", rating=5)
    job = import_as_far_as_preview(owner_client, goodreads(odes(**{"My Rating": "2"})))
    page = page_of(owner_client, job)
    assert page.select("#overwrite:not([checked])")

    page = post(owner_client, job, "answers", overwrite="on")

    assert page.select("#overwrite[checked]")
    assert text_of(page, ".button.primary") == "Complete 1 book"
    assert "rating" in text_of(page, ".rows .pill")
    assert LibraryEntry.objects.get().rating == 5


def test_file_that_changes_nothing_has_no_start_button(owner_client: Client) -> None:
    content = goodreads(odes())
    import_file(owner_client, content)

    page = page_of(owner_client, import_as_far_as_preview(owner_client, content))

    assert not page.select(".button.primary")
    assert "would change nothing" in page.get_text()


def test_discarded_file_saves_nothing(owner_client: Client) -> None:
    job = import_as_far_as_preview(owner_client, goodreads(odes()))

    page = post(owner_client, job, "cancel")

    assert "Nothing was saved." in text_of(page, ".notice")
    assert not LibraryEntry.objects.exists()


def test_second_import_waits_for_the_first(owner_client: Client) -> None:
    first, second = (import_as_far_as_preview(owner_client, goodreads(odes(**{"Book Id": str(n)}))) for n in (1, 2))
    post(owner_client, first, "start")

    page = post(owner_client, second, "start")

    assert "Another import is running." in text_of(page, ".notice.bad")


def test_progress_shows_numbers_and_the_expected_time(owner_client: Client) -> None:
    rows = [odes(**{"Book Id": str(number), "Title": f"Book {number}"}) for number in range(4)]
    job = import_as_far_as_preview(owner_client, goodreads(*rows))
    post(owner_client, job, "start")
    job.rows.filter(number=1).update(outcome="created")
    ImportJob.objects.update(started_at=timezone.now() - timedelta(minutes=2))

    page = page_of(owner_client, job)

    assert page.select("progress[max='4'][value='1']")
    assert "1 of 4 rows, about 6 minutes left." in " ".join(page.get_text().split())


def test_cancelled_import_can_be_undone(owner: User, owner_client: Client) -> None:
    job = import_file(owner_client, goodreads(odes()))
    ImportJob.objects.update(state="cancelled")

    page = page_of(owner_client, job)
    assert "was cancelled" in text_of(page, ".notice")
    page = post(owner_client, job, "undo", confirmed="on")
    run_to_the_end(job)

    assert not LibraryEntry.objects.exists()


def test_undo_needs_a_confirmation_and_shows_its_result(owner: User, owner_client: Client) -> None:
    job = import_file(owner_client, goodreads(odes(), odes(**{"Book Id": "2", "Title": "Epodes"})))

    page = post(owner_client, job, "undo")
    assert "Confirm first" in text_of(page, ".notice.bad")
    assert LibraryEntry.objects.count() == 2

    post(owner_client, job, "undo", confirmed="on")
    run_to_the_end(job)
    page = page_of(owner_client, job)
    assert "2 books were removed from your library" in text_of(page, ".notice.good")
    assert not LibraryEntry.objects.exists()
