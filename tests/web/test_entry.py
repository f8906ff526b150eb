"""Notes, readings and the edition of an entry, on the book's page."""

from datetime import date
from decimal import Decimal

import pytest
from django.test import Client

from books.models import Book
from core.partial_date import RULE, PartialDate
from tests.support.factories import make_book, make_user
from tests.web.pages import get_page, parse, text_of, texts_of
from users.models import LibraryEntry, User

pytestmark = pytest.mark.django_db


@pytest.fixture
def entry(owner: User) -> LibraryEntry:
    created: LibraryEntry = LibraryEntry.objects.create(user=owner, book=make_book(title="Odes"), notes="Old")
    return created


def path_of(entry: LibraryEntry, end: str = "") -> str:
    return f"/book/{entry.book_id}{end}"


def read_digest(owner_client: Client, entry: LibraryEntry) -> str:
    return str(get_page(path_of(entry), owner_client).select("#notes [name=seen]")[0]["value"])


def test_notes_are_saved(owner_client: Client, entry: LibraryEntry) -> None:
    seen = read_digest(owner_client, entry)

    response = owner_client.post(path_of(entry, "/library/notes"), {"notes": "New\nlines", "seen": seen})

    assert response["Location"] == f"{path_of(entry)}/odes#reading"
    entry.refresh_from_db()
    assert entry.notes == "New\nlines"


def test_scripts_get_the_form_with_a_saved_mark(owner_client: Client, entry: LibraryEntry) -> None:
    data = {"notes": "New", "seen": read_digest(owner_client, entry)}

    response = owner_client.post(path_of(entry, "/library/notes"), data, headers={"HX-Request": "true"})

    assert text_of(parse(response), ".saved") == "✓ Saved"
    assert not parse(response).select("h1")


@pytest.mark.parametrize(("headers", "status"), [({}, 412), ({"HX-Request": "true"}, 200)])
def test_notes_changed_elsewhere_are_shown_and_not_overwritten(
    owner_client: Client, entry: LibraryEntry, headers: dict[str, str], status: int
) -> None:
    seen = read_digest(owner_client, entry)
    LibraryEntry.objects.update(notes="Theirs")

    response = owner_client.post(path_of(entry, "/library/notes"), {"notes": "Mine", "seen": seen}, headers=headers)

    page = parse(response)
    assert response.status_code == status
    assert text_of(page, "#notes blockquote") == "Theirs"
    assert text_of(page, "#notes textarea") == "Mine"
    entry.refresh_from_db()
    assert entry.notes == "Theirs"
    seen = str(page.select("[name=seen]")[0]["value"])
    assert owner_client.post(path_of(entry, "/library/notes"), {"notes": "Mine", "seen": seen}).status_code == 302


@pytest.mark.parametrize(("headers", "status"), [({}, 404), ({"HX-Request": "true"}, 200)])
@pytest.mark.parametrize("is_published", [True, False])
def test_notes_on_a_removed_entry_are_shown_to_be_copied(
    owner_client: Client, entry: LibraryEntry, headers: dict[str, str], status: int, is_published: bool
) -> None:
    """A book that is not published is no longer visible to a reader without an entry."""
    seen, path = read_digest(owner_client, entry), path_of(entry, "/library/notes")
    Book.objects.update(is_published=is_published)
    entry.delete()

    page = parse(response := owner_client.post(path, {"notes": "Mine & yours", "seen": seen}, headers=headers))

    assert response.status_code == status
    assert text_of(page, "#notes textarea[readonly]") == "Mine & yours"
    assert ("Odes" in text_of(page, "#notes [role=alert]")) == is_published
    assert [each["href"] for each in page.select("#notes a")] == [f"{path_of(entry)}/odes"] * is_published
    assert not LibraryEntry.objects.exists()


def test_empty_notes_on_a_removed_entry_are_not_found(owner_client: Client, entry: LibraryEntry) -> None:
    entry.delete()

    assert owner_client.post(path_of(entry, "/library/notes"), {"notes": " ", "seen": "x"}).status_code == 404


def test_another_rating_is_no_conflict_of_the_notes(owner_client: Client, entry: LibraryEntry) -> None:
    seen = read_digest(owner_client, entry)
    owner_client.post(path_of(entry, "/library"), {"rating": "3.5"})

    assert owner_client.post(path_of(entry, "/library/notes"), {"notes": "New", "seen": seen}).status_code == 302


def test_too_long_notes_are_refused_and_kept_in_the_form(owner_client: Client, entry: LibraryEntry) -> None:
    data = {"notes": "x" * 10_001, "seen": read_digest(owner_client, entry)}

    response = owner_client.post(path_of(entry, "/library/notes"), data)

    assert response.status_code == 422
    assert "10000 characters" in text_of(parse(response), "#notes .errorlist")
    assert len(text_of(parse(response), "#notes textarea")) == 10_001


def test_readings_are_added_changed_and_deleted(owner_client: Client, entry: LibraryEntry) -> None:
    base = path_of(entry, "/library/readings")

    owner_client.post(base, {"started_on": "2026-01-02", "finished_on": ""})
    reading = entry.readings.get()
    assert (reading.started_on, reading.finished_on) == (PartialDate(2026, 1, 2), None)
    assert texts_of(get_page(path_of(entry), owner_client), ".readings tbody td")[:2] == [
        "2 January 2026",
        "not ended, or unknown",
    ]
    owner_client.post(f"{base}/{reading.pk}", {"started_on": "2026-01-02", "finished_on": "2026-02-03"})
    reading.refresh_from_db()
    assert reading.finished_on == PartialDate(2026, 2, 3)
    owner_client.post(f"{base}/{reading.pk}/remove")

    assert not entry.readings.exists()


@pytest.mark.parametrize(
    ("started", "finished", "messages"),
    [
        (
            "2026-02-02",
            "2026-01-01",
            ["1 January 2026 is before the start, 2 February 2026. Correct one of the two."],
        ),
        ("2026-06", "2026-05-30", ["30 May 2026 is before the start, June 2026. Correct one of the two."]),
        ("yesterday", "", [RULE]),
        ("2026-02-30", "2026-13", [f"The calendar has no such date. {RULE}"] * 2),
    ],
)
def test_invalid_dates_are_explained_and_kept_in_the_form(
    owner_client: Client, entry: LibraryEntry, started: str, finished: str, messages: list[str]
) -> None:
    data = {"started_on": started, "finished_on": finished, "outcome": "abandoned"}

    response = owner_client.post(path_of(entry, "/library/readings"), data)

    page = parse(response)
    assert response.status_code == 422
    assert texts_of(page, ".errorlist li") == messages
    assert [field["value"] for field in page.select("form.dates input[type=text]") if field.get("value")] == [
        text for text in (started, finished) if text
    ]
    assert text_of(page, "form.dates [selected]") == "Abandoned"
    assert not entry.readings.exists()


@pytest.mark.parametrize(
    ("started", "finished", "shown"),
    [
        ("2024", "2024-05", ["2024", "May 2024 abandoned"]),
        ("", "2024-05-03", ["unknown", "3 May 2024 abandoned"]),
        ("2024-05-03", "2024", ["3 May 2024", "2024 abandoned"]),
    ],
)
def test_dates_keep_their_precision(
    owner_client: Client, entry: LibraryEntry, started: str, finished: str, shown: list[str]
) -> None:
    data = {"started_on": started, "finished_on": finished, "outcome": "abandoned"}

    owner_client.post(path_of(entry, "/library/readings"), data)

    page = get_page(path_of(entry), owner_client)
    assert texts_of(page, ".readings tbody td")[:2] == shown
    fields = page.select(".readings form.dates input[type=text]")
    assert [str(field.get("value", "")) for field in fields] == [started, finished]


def test_the_entry_moves_to_another_edition_with_all_it_has(owner_client: Client, entry: LibraryEntry) -> None:
    other = link_edition(entry)
    LibraryEntry.objects.update(status="read", rating=Decimal("3.5"))
    entry.readings.create(started_on=date(2026, 1, 2))

    response = owner_client.post(path_of(entry, "/library/edition"), {"book": other.pk})

    assert response["Location"] == f"/book/{other.pk}/odes-again#reading"
    entry.refresh_from_db()
    assert (entry.book, entry.status, entry.rating, entry.notes) == (other, "read", Decimal("3.5"), "Old")
    assert entry.readings.count() == 1


def test_an_edition_that_the_library_holds_is_refused(owner_client: Client, entry: LibraryEntry, owner: User) -> None:
    other = link_edition(entry)
    LibraryEntry.objects.create(user=owner, book=other)

    response = owner_client.post(path_of(entry, "/library/edition"), {"book": other.pk}, follow=True)

    assert "holds that edition already" in text_of(parse(response), ".notice.bad")
    entry.refresh_from_db()
    assert entry.book != other


@pytest.mark.parametrize("number", ["0", "", "x", "9" * 30])
def test_only_other_rows_of_the_work_are_editions(owner_client: Client, entry: LibraryEntry, number: str) -> None:
    link_edition(entry)
    unrelated = make_book(title="Epodes")

    for value in (number, str(unrelated.pk)):
        assert owner_client.post(path_of(entry, "/library/edition"), {"book": value}).status_code == 404


def link_edition(entry: LibraryEntry) -> Book:
    Book.objects.filter(pk=entry.book_id).update(work_key="OL1W")
    return make_book(title="Odes again", work_key="OL1W")


def test_entries_of_others_are_not_found(entry: LibraryEntry) -> None:
    reading = entry.readings.create()
    other = Client()
    other.force_login(make_user())

    for end in (
        "notes",
        "review",
        "details",
        "edition",
        "readings",
        f"readings/{reading.pk}",
        f"readings/{reading.pk}/remove",
    ):
        assert other.post(path_of(entry, f"/library/{end}"), {"notes": "x", "seen": "x"}).status_code == 404
    assert not get_page(path_of(entry), other).select("#notes")


def test_notes_appear_when_the_book_is_added_and_leave_with_it(owner_client: Client) -> None:
    path, headers = f"/book/{make_book().pk}/library", {"HX-Request": "true"}

    added = parse(owner_client.post(path, {"status": "reading"}, headers=headers))
    changed = parse(owner_client.post(path, {"status": "read", "seen_status": "reading"}, headers=headers))
    removed = parse(owner_client.post(f"{path}/remove", {"version": "2"}, headers=headers))

    assert added.select("#reading[hx-swap-oob] #notes")
    assert not changed.select("#reading")
    assert removed.select("#reading[hx-swap-oob]")
    assert not removed.select("#notes")
