"""The availability of a book, and `in_stock`, which is derived from it."""

import pytest
from django.db import IntegrityError
from rest_framework.test import APIClient

from books.availability import Availability, list_values
from books.ingest import ingest
from books.models import Book, CuratedField
from tests.support.factories import make_book, make_record
from web.views.catalogue import LAYOUT_COOKIE

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("availability", "in_stock"),
    [("in_stock", True), ("out_of_stock", False), ("preorder", False), ("backorder", False), ("unknown", None)],
)
def test_in_stock_is_derived(client: APIClient, availability: str, in_stock: bool | None) -> None:
    book = make_book(availability=availability)

    for row in (client.get(f"/api/books/{book.pk}").json(), client.get("/api/books").json()["results"][0]):
        assert (row["availability"], row["in_stock"]) == (availability, in_stock)
    assert (in_stock is None) == all(availability not in list_values(in_stock=each) for each in (True, False))


def test_the_filters_select_by_both(client: APIClient) -> None:
    for each in Availability:
        make_book(title=each, availability=each)

    def find(query: str) -> set[str]:
        return {row["title"] for row in client.get(f"/api/books?{query}").json()["results"]}

    assert find("in_stock=true") == {"in_stock"}
    assert find("in_stock=false") == {"out_of_stock", "preorder", "backorder"}
    assert find("availability=unknown") == {"unknown"}
    assert find("availability=preorder&in_stock=false") == {"preorder"}
    assert client.get("/api/books?availability=soon").status_code == 422


def test_the_database_refuses_other_values() -> None:
    with pytest.raises(IntegrityError):
        make_book(availability="soon")


def test_ingest_stores_and_observes_what_the_source_states() -> None:
    ingest([make_record(source_key="1", availability=Availability.PREORDER, stock=None)])

    book = Book.objects.get()
    assert (book.availability, book.observations.get().availability) == ("preorder", "preorder")


@pytest.mark.parametrize(
    ("stored", "body", "expected"),
    [
        ("unknown", {"availability": "preorder"}, "preorder"),
        ("unknown", {"in_stock": True}, "in_stock"),
        ("in_stock", {"in_stock": False}, "out_of_stock"),
        ("backorder", {"in_stock": False}, "backorder"),
        ("in_stock", {"in_stock": None}, "unknown"),
        ("in_stock", {"in_stock": False, "availability": "preorder"}, "preorder"),
    ],
)
def test_staff_write_either(
    staff_client: APIClient, stored: str, body: dict[str, bool | str | None], expected: str
) -> None:
    """An availability that agrees with `in_stock` is more exact, so it stays."""
    ingest([make_record(source_key="1", availability=Availability(stored))])
    book = Book.objects.get()

    response = staff_client.patch(f"/api/books/{book.pk}", body)

    assert (response.status_code, response.json()["availability"]) == (200, expected), response.content
    assert CuratedField.objects.filter(book=book, field="availability").exists() == (stored != expected)


def test_a_contradiction_is_an_error(staff_client: APIClient) -> None:
    book = make_book(availability="in_stock")

    response = staff_client.patch(f"/api/books/{book.pk}", {"in_stock": True, "availability": "backorder"})

    assert response.status_code == 422
    assert response.json()["errors"][0]["pointer"] == "/in_stock"
    book.refresh_from_db()
    assert book.availability == "in_stock"


def test_pages_name_it(client: APIClient) -> None:
    make_book(title="Odes", availability="preorder", price="5", currency="GBP")
    book = Book.objects.get()

    client.cookies[LAYOUT_COOKIE] = "list"
    for path in ("/catalogue", f"/book/{book.pk}/odes"):
        page = client.get(path, headers={"accept": "text/html"})
        assert '<span class="pill">preorder</span>' in page.content.decode(), path
