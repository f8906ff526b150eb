"""Changes of several entries, and their undo."""

from datetime import date

import pytest
from django.test import Client

from core.partial_date import PartialDate
from tests.support.factories import make_user
from tests.web.library.entries import add, apply, statuses
from tests.web.pages import get_page, parse, texts_of
from users.models import LibraryEntry, Reading, User

pytestmark = pytest.mark.django_db


def test_status_of_several_books_is_changed_and_undone(client: Client, reader: User) -> None:
    entries = [add(reader, "Odes", status="read"), add(reader, "Emma"), add(reader, "Ubik")]

    response = apply(client, "reading", *entries[:2], query="ordering=title")
    assert response["Location"] == "/library?ordering=title"
    assert "2 books set to “Reading”." in texts_of(get_page("/library", client), ".notice")
    assert statuses(reader) == {"Odes": "reading", "Emma": "reading", "Ubik": "want_to_read"}

    client.post("/library/undo")
    assert statuses(reader) == {"Odes": "read", "Emma": "want_to_read", "Ubik": "want_to_read"}
    client.post("/library/undo")
    assert "There is no change to undo." in texts_of(get_page("/library", client), ".notice")


def test_removal_is_undone_with_everything_in_the_entries(client: Client, reader: User) -> None:
    entry = add(reader, "Odes", status="read", rating=4.5, notes="Lent to Bob")
    Reading.objects.create(entry=entry, started_on=date(2026, 1, 2))
    before = LibraryEntry.objects.get()

    apply(client, "remove", entry)
    assert not LibraryEntry.objects.exists()

    client.post("/library/undo")
    restored = LibraryEntry.objects.get()
    for name in ("user", "book", "status", "rating", "notes", "created_at"):
        assert getattr(restored, name) == getattr(before, name), name
    assert list(restored.readings.values_list("started_on", "finished_on")) == [(PartialDate(2026, 1, 2), None)]


def test_undo_keeps_what_was_changed_since(client: Client, reader: User) -> None:
    changed, removed = add(reader, "Odes"), add(reader, "Emma")
    apply(client, "read", changed)
    client.post(f"/book/{changed.book_id}/library", {"status": "stopped", "seen_status": "read"})
    client.post("/library/undo")
    assert statuses(reader)["Odes"] == "stopped"

    apply(client, "remove", removed)
    add_again = LibraryEntry.objects.create(user=reader, book=removed.book, notes="New")
    client.post("/library/undo")
    assert LibraryEntry.objects.get(book=removed.book) == add_again
    assert any("stayed as they are" in text for text in texts_of(get_page("/library", client), ".notice"))


def test_a_book_that_was_changed_since_is_not_overwritten(client: Client, reader: User) -> None:
    entry, other = add(reader, "Odes"), add(reader, "Emma")
    client.post(f"/book/{entry.book_id}/library", {"status": "read", "seen_status": "want_to_read"})

    response = apply(client, "stopped", entry, other, query="ordering=title")
    page = parse(response)
    assert response.status_code == 412
    assert texts_of(page, "tbody tr th, tbody tr td") == ["Odes", "Read", "Stopped"]
    assert statuses(reader) == {"Odes": "read", "Emma": "stopped"}

    assert page.select("header input[name=q]")[0].get("value") == ""
    form = page.select_one("main form")
    assert form is not None
    fields = {str(each["name"]): str(each["value"]) for each in form.select("input[name]")}
    client.post(str(form["action"]), fields)
    assert statuses(reader) == {"Odes": "stopped", "Emma": "stopped"}


def test_removal_of_a_changed_book_shows_both_versions(client: Client, reader: User) -> None:
    entry = add(reader, "Odes", notes="Lent to Bob")
    client.post(f"/book/{entry.book_id}/library", {"rating": "4"})

    page = parse(apply(client, "remove", entry))

    assert texts_of(page, "tbody td") == ["Want to read, rated 4, “Lent to Bob”", "Removed"]
    assert LibraryEntry.objects.count() == 1


@pytest.mark.parametrize(
    "form", [{}, {"action": "read"}, {"action": "lost", "entry": "1-1"}, {"action": "read", "entry": "x"}]
)
def test_incomplete_forms_change_nothing(client: Client, reader: User, form: dict[str, str]) -> None:
    add(reader, "Odes")

    assert client.post("/library/change", form).status_code == 302
    assert texts_of(get_page("/library", client), ".notice.bad")
    assert statuses(reader) == {"Odes": "want_to_read"}


def test_entries_of_others_are_not_changed(client: Client) -> None:
    other, shared = add(make_user(), "Odes"), add(None, "Emma")

    apply(client, "remove", other, shared)

    assert LibraryEntry.objects.count() == 2


@pytest.mark.parametrize("path", ["/library/change", "/library/undo"])
def test_changes_need_a_token_against_request_forgery(reader: User, path: str) -> None:
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(reader)

    assert browser.post(path, {"action": "remove"}).status_code == 403
