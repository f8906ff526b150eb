"""Publishing and withdrawing books."""

import pytest
from django.test import Client
from rest_framework.test import APIClient

from books.models import Book
from books.publication import set_published
from tests.support.factories import make_curator

pytestmark = pytest.mark.django_db


def test_publishing_shows_book_and_authors_and_withdrawing_hides_the_book(
    clients: dict[str, APIClient], book: Book
) -> None:
    selected = Book.objects.filter(pk=book.pk)
    assert set_published(selected, is_published=True) == 1
    assert set_published(selected, is_published=True) == 0
    assert clients["anonymous"].get("/api/books", {"title": "zanzibar"}).json()["count"] == 1
    assert clients["anonymous"].get("/api/authors", {"name": "zelda"}).json()["count"] == 1
    assert book.history.first().is_published

    assert set_published(selected, is_published=False) == 1
    assert clients["anonymous"].get("/api/books", {"title": "zanzibar"}).json()["count"] == 0
    assert clients["owner"].get(f"/api/books/{book.pk}").status_code == 200


def test_the_title_index_follows_changes_of_unpublished_books(clients: dict[str, APIClient], book: Book) -> None:
    Book.objects.filter(pk=book.pk).update(title_key="timbuktu")
    set_published(Book.objects.filter(pk=book.pk), is_published=True)

    found = {text: clients["anonymous"].get("/api/books", {"title": text}).json()["count"] for text in ("timb", "zanz")}
    assert found == {"timb": 1, "zanz": 0}
    Book.objects.create(title="Timbuktu", is_published=False).delete()
    assert clients["anonymous"].get("/api/books", {"title": "timb"}).json()["count"] == 1


def test_an_author_of_a_published_book_is_published(clients: dict[str, APIClient], book: Book) -> None:
    odes, author = Book.objects.get(title="Odes"), book.authors.get()

    response = clients["curator"].patch(f"/api/books/{odes.pk}", {"authors": [author.pk]})

    assert response.status_code == 200
    assert clients["anonymous"].get(f"/api/authors/{author.pk}").status_code == 200


def test_the_admin_lists_what_waits_for_publication(book: Book) -> None:
    browser = Client()
    browser.force_login(make_curator())

    page = browser.get("/admin/books/book/?is_published__exact=0").content.decode()
    assert "Zanzibar" in page
    assert "Odes" not in page
    form = {"action": "publish", "_selected_action": [book.pk]}
    assert "1 book was published." in browser.post("/admin/books/book/", form, follow=True).content.decode()
    form["action"] = "withdraw"
    assert "1 book was withdrawn." in browser.post("/admin/books/book/", form, follow=True).content.decode()
    book.refresh_from_db()
    assert not book.is_published
