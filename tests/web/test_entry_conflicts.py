"""Changes of status and rating, and removals, after a change by another person: 412 with both versions."""

from decimal import Decimal
from typing import Any

import pytest
from bs4 import BeautifulSoup
from django.test import Client

from tests.support.factories import make_book
from tests.web.pages import get_page, parse, read_controls, text_of
from users.models import LibraryEntry, User

pytestmark = pytest.mark.django_db
MODES = pytest.mark.parametrize(("headers", "status"), [({}, 412), ({"HX-Request": "true"}, 200)])


@pytest.fixture
def entry(owner: User) -> LibraryEntry:
    created: LibraryEntry = LibraryEntry.objects.create(
        user=owner, book=make_book(title="Odes"), status="reading", rating=3
    )
    return created


def path_of(entry: LibraryEntry) -> str:
    return f"/book/{entry.book_id}"


def change_elsewhere(**values: Any) -> None:
    LibraryEntry.objects.update(version=2, **values)


def send_again(client: Client, page: BeautifulSoup) -> Any:
    """Presses the button that applies the change anyway."""
    (form,) = page.select(".notice form")
    fields = {str(each["name"]): str(each["value"]) for each in form.select("input[type=hidden]")}
    return client.post(str(form["action"]), fields)


@MODES
@pytest.mark.parametrize(
    ("theirs", "mine", "now", "wanted"),
    [
        ({"status": "stopped"}, {"status": "read"}, "Stopped, rated 3 of 5", "Read"),
        ({"rating": 5}, {"rating": "1.5"}, "Reading, rated 5 of 5", "rated 1.5 of 5"),
        ({"rating": 5}, {"rating": ""}, "Reading, rated 5 of 5", "not rated"),
        ({"rating": None}, {"rating": "4"}, "Reading", "rated 4 of 5"),
    ],
)
def test_a_value_that_was_changed_is_shown_and_not_overwritten(
    owner_client: Client,
    entry: LibraryEntry,
    theirs: dict[str, Any],
    mine: dict[str, str],
    now: str,
    wanted: str,
    headers: dict[str, str],
    status: int,
) -> None:
    seen = read_controls(path_of(entry), owner_client)
    change_elsewhere(**theirs)

    response = owner_client.post(f"{path_of(entry)}/library", {**seen, **mine}, headers=headers)

    page = parse(response)
    assert response.status_code == status
    assert [each.text for each in page.select(".notice b")] == [now, wanted]
    assert LibraryEntry.objects.filter(version=2, **theirs).exists()
    assert send_again(owner_client, page).status_code == 302
    entry.refresh_from_db()
    (name, value), *_ = mine.items()
    assert str(getattr(entry, name) or "").removesuffix(".0") == value


@MODES
def test_a_removed_entry_is_not_added_again_without_asking(
    owner_client: Client, entry: LibraryEntry, headers: dict[str, str], status: int
) -> None:
    seen = read_controls(path_of(entry), owner_client)
    entry.delete()

    response = owner_client.post(f"{path_of(entry)}/library", {**seen, "status": "read"}, headers=headers)

    page = parse(response)
    assert response.status_code == status
    assert [each.text for each in page.select(".notice b")] == ["not in the library", "Read"]
    assert not LibraryEntry.objects.exists()
    send_again(owner_client, page)
    assert LibraryEntry.objects.get().status == "read"


@MODES
def test_a_changed_entry_is_not_removed(
    owner_client: Client, entry: LibraryEntry, headers: dict[str, str], status: int
) -> None:
    seen = read_controls(path_of(entry), owner_client)
    change_elsewhere(notes="Lent to Bob")

    response = owner_client.post(f"{path_of(entry)}/library/remove", seen, headers=headers)

    page = parse(response)
    assert response.status_code == status
    current, wanted = (each.text for each in page.select(".notice b"))
    assert (current, wanted) == ("Reading, rated 3 of 5, “Lent to Bob”", "removed from the library")
    assert LibraryEntry.objects.exists()
    send_again(owner_client, page)
    assert not LibraryEntry.objects.exists()


def test_an_entry_that_somebody_else_added_is_not_overwritten(owner_client: Client, entry: LibraryEntry) -> None:
    """The reader's page showed no entry."""
    response = owner_client.post(f"{path_of(entry)}/library", {"seen_status": "", "status": "read"})

    assert response.status_code == 412
    entry.refresh_from_db()
    assert entry.status == "reading"


def test_a_change_of_another_value_is_no_conflict(owner_client: Client, entry: LibraryEntry) -> None:
    """Scripts send the rating too, as the reader has seen it."""
    seen = read_controls(path_of(entry), owner_client)
    change_elsewhere(rating=5)

    response = owner_client.post(f"{path_of(entry)}/library", {**seen, "status": "read", "rating": "3"})

    assert response.status_code == 302
    entry.refresh_from_db()
    assert (entry.status, entry.rating, entry.version) == ("read", Decimal(5), 3)


def test_the_same_change_twice_is_no_conflict(owner_client: Client, entry: LibraryEntry) -> None:
    seen = read_controls(path_of(entry), owner_client)

    for _ in range(2):
        response = owner_client.post(f"{path_of(entry)}/library", {**seen, "status": "read"})

        assert response.status_code == 302
    entry.refresh_from_db()
    assert entry.version == 2


def test_saved_notes_do_not_prevent_the_removal(owner_client: Client, entry: LibraryEntry) -> None:
    """The version in the form of the removal is replaced when scripts save the notes."""
    seen = read_controls(path_of(entry), owner_client, "#notes")["seen"]
    fields = {"notes": "New", "seen": seen}

    page = parse(owner_client.post(f"{path_of(entry)}/library/notes", fields, headers={"HX-Request": "true"}))

    (version,) = page.select("input#entry-version[hx-swap-oob=true]")
    assert get_page(path_of(entry), owner_client).select("input#entry-version")[0]["value"] == version["value"]
    assert text_of(page, ".saved") == "✓ Saved"
