"""The controls of the library on the pages of books and in the search."""

from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from pytest_django.fixtures import Settings

from books.models import Book
from tests.support.factories import make_book, make_user
from tests.web.pages import get_page, parse, read_controls, texts_of
from users.models import LibraryEntry

HTMX = {"HX-Request": "true"}
pytestmark = pytest.mark.django_db


@pytest.fixture
def book() -> Book:
    return make_book(title="Odes")


def send(client: Client, book: Book, end: str = "", *, headers: dict[str, str] | None = None, **fields: str) -> Any:
    """Sends a form of the book's page as it is now."""
    path = f"/book/{book.pk}"
    return client.post(f"{path}/library{end}", {**read_controls(path, client), **fields}, headers=headers or {})


def pressed(client: Client, book: Book) -> list[str]:
    return texts_of(get_page(f"/book/{book.pk}/odes", client), ".segments [aria-pressed=true]")


def test_status_adds_the_book_and_changes_it(client: Client, book: Book) -> None:
    assert pressed(client, book) == []

    response = send(client, book, status="reading")
    assert response["Location"] == f"/book/{book.pk}/odes"
    assert pressed(client, book) == ["Reading"]

    send(client, book, status="read")
    assert pressed(client, book) == ["Read"]
    assert LibraryEntry.objects.get().version == 2


def test_rating_keeps_the_status_and_can_be_removed(client: Client, book: Book) -> None:
    send(client, book, status="read")

    send(client, book, rating="3.5")
    entry = LibraryEntry.objects.get()
    assert (entry.status, entry.rating) == ("read", Decimal("3.5"))
    page = get_page(f"/book/{book.pk}", client)
    assert page.select("input[name=rating][checked]")[0]["aria-label"] == "3.5 of 5"

    send(client, book, rating="")
    assert LibraryEntry.objects.get().rating is None


def test_rating_a_book_that_is_not_in_the_library_adds_it(client: Client, book: Book) -> None:
    send(client, book, rating="5")

    entry = LibraryEntry.objects.get()
    assert (entry.status, entry.rating) == ("want_to_read", Decimal(5))


@pytest.mark.parametrize("form", [{"status": "lost"}, {"rating": "0.25"}, {"rating": "6"}, {"rating": "many"}])
def test_invalid_values_change_nothing(client: Client, book: Book, form: dict[str, str]) -> None:
    response = client.post(f"/book/{book.pk}/library", form, follow=True)

    assert "Select a valid choice" in response.content.decode()
    assert not LibraryEntry.objects.exists()


def test_removed_book_stays_in_the_catalogue(client: Client, book: Book) -> None:
    send(client, book, status="read")

    send(client, book, "/remove")

    assert not LibraryEntry.objects.exists()
    assert pressed(client, book) == []
    assert send(client, book, "/remove").status_code == 404


def test_scripts_get_the_controls_alone(client: Client, book: Book) -> None:
    page = parse(send(client, book, headers=HTMX, status="read"))

    assert page.select("#entry")[0]["data-announce"] == "In your library: Read"
    assert not page.select("h1")
    removed = parse(send(client, book, "/remove", headers=HTMX))
    assert removed.select("#entry")[0]["data-announce"] == "Removed from your library"
    assert removed.select("#entry [autofocus]")[0].text == "Want to read"


def test_entries_of_others_are_not_touched(client: Client, book: Book) -> None:
    other = LibraryEntry.objects.create(user=make_user(), book=book, status="read")

    assert send(client, book, "/remove").status_code == 404
    send(client, book, status="stopped")

    other.refresh_from_db()
    assert other.status == "read"
    assert LibraryEntry.objects.count() == 2


def test_visitors_are_asked_to_sign_in_without_a_shared_library(settings: Settings, book: Book) -> None:
    settings.SHARED_SHELF = False
    page = get_page(f"/book/{book.pk}")

    assert page.select(f'.shelf a[href="/sign-in?next=/book/{book.pk}"]')
    assert not page.select(".segments")
    assert Client().post(f"/book/{book.pk}/library", {"status": "read"})["Location"].startswith("/sign-in?next=")
