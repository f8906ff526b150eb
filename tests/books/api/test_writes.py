"""Changes of the catalogue through the API, by staff only."""

from decimal import Decimal
from typing import Any

import pytest
from rest_framework.test import APIClient

from books.models import Author, Book, Category, PriceObservation
from tests.support.factories import CURATOR_PERMISSIONS, make_book, make_category, make_staff
from tests.support.responses import titles

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("kind", ["books", "authors", "categories"])
def test_only_staff_may_write(client: APIClient, member_client: APIClient, kind: str) -> None:
    book = make_book(authors=["Ann"], category=make_category())
    ids = {"books": book.pk, "authors": book.authors.get().pk, "categories": book.category_id}

    for path, methods in ((f"/api/{kind}", ["post"]), (f"/api/{kind}/{ids[kind]}", ["put", "patch", "delete"])):
        for method in methods:
            response = getattr(client, method)(path, {})
            assert response.status_code == 401
            assert response["WWW-Authenticate"]
            assert getattr(member_client, method)(path, {}).status_code == 403


@pytest.mark.parametrize("kind", ["books", "authors", "categories"])
@pytest.mark.parametrize(
    ("method", "needed", "status"),
    [("post", "add", 201), ("put", "change", 200), ("patch", "change", 200), ("delete", "delete", 204)],
)
def test_each_write_requires_its_permission(kind: str, method: str, needed: str, status: int) -> None:
    model: Any = {"books": Book, "authors": Author, "categories": Category}[kind]
    row = model.objects.create(**({"title": "Odes"} if kind == "books" else {"name": "Odes"}))
    path = f"/api/{kind}" if method == "post" else f"/api/{kind}/{row.pk}"
    body = {"title": "New"} if kind == "books" else {"name": "New"}
    permission = f"books.{needed}_{model._meta.model_name}"
    client, member = APIClient(), make_staff(permission)
    member.is_staff = False
    member.save()

    for user in (member, make_staff(*(set(CURATOR_PERMISSIONS) - {permission}))):
        client.force_login(user)
        response = getattr(client, method)(path, body)
        assert (response.status_code, model.objects.get()) == (403, row)
    assert "Your account lacks the permission" in response.json()["detail"]
    client.force_login(make_staff(permission))
    assert getattr(client, method)(path, body).status_code == status


def test_staff_create_books(staff_client: APIClient) -> None:
    second, first = Author.objects.create(name="Ann"), Author.objects.create(name="Bea")
    category = make_category()

    response = staff_client.post(
        "/api/books",
        {"title": "Ours", "authors": [first.pk, second.pk], "category": category.pk, "isbn_13": "0-14-118263-6",
         "price": "12.50", "currency": "GBP", "languages": ["eng"]},
    )  # fmt: skip

    assert response.status_code == 201, response.content
    body = response.json()
    assert body == staff_client.get(f"/api/books/{body['id']}").json()
    assert [author["name"] for author in body["authors"]] == ["Bea", "Ann"]
    assert (body["source"], body["isbn_13"], body["price"]) == ("manual", "9780141182636", "12.50")
    assert Book.objects.get().source_key
    assert not PriceObservation.objects.exists()  # the history contains statements of sources only


def test_staff_change_single_fields(staff_client: APIClient) -> None:
    book = make_book(title="Odl", authors=["Ann"], price=5, currency="GBP")

    response = staff_client.patch(f"/api/books/{book.pk}", {"title": "Old"})

    assert response.status_code == 200
    assert (response.json()["title"], response.json()["authors"][0]["name"]) == ("Old", "Ann")
    assert titles(staff_client.get("/books/search?title=old")) == ["Old"]


def test_staff_replace_the_authors(staff_client: APIClient) -> None:
    book = make_book(authors=["Ann", "Bea"])
    cleo = Author.objects.create(name="Cleo")

    response = staff_client.patch(f"/api/books/{book.pk}", {"authors": [cleo.pk, cleo.pk]})

    assert response.status_code == 200
    assert [author.name for author in book.authors.all()] == ["Cleo"]


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({}, "/title"),
        ({"title": ""}, "/title"),
        ({"title": "x" * 501}, "/title"),
        ({"title": "x\x00"}, "/title"),
        ({"title": "x", "titel": "y"}, "/titel"),
        ({"title": "x", "id": 7}, "/id"),
        ({"title": "x", "rating": 6}, "/rating"),
        ({"title": "x", "rating": True}, "/rating"),
        ({"title": "x", "price": "-1", "currency": "GBP"}, "/price"),
        ({"title": "x", "price": "1e400", "currency": "GBP"}, "/price"),
        ({"title": "x", "price": "1"}, "/currency"),
        ({"title": "x", "price": "1", "currency": "pounds"}, "/currency"),
        ({"title": "x", "price": "1", "currency": "gbp"}, "/currency"),
        ({"title": "x", "price": "1", "currency": "XXX"}, "/currency"),
        ({"title": "x", "price": "1.50", "currency": "JPY"}, "/price"),
        ({"title": "x", "isbn_13": "9780141182637"}, "/isbn_13"),
        ({"title": "x", "isbn_13": "979-0-001-01664-3"}, "/isbn_13"),
        ({"title": "x", "authors": [999]}, "/authors"),
        ({"title": "x", "authors": "Ann"}, "/authors"),
        ({"title": "x", "category": 10**30}, "/category"),
        ({"title": "x", "first_publish_year": 10**9}, "/first_publish_year"),
        ({"title": "x", "stock": 2**31}, "/stock"),
        ({"title": "x", "cover_url": "javascript:alert(1)"}, "/cover_url"),
        ({"title": "x", "upc": ""}, "/upc"),
        ({"title": "x", "languages": [3, ""]}, "/languages/1"),
        ([], ""),
    ],
)
def test_invalid_bodies_are_rejected_with_the_field(staff_client: APIClient, body: Any, pointer: str) -> None:
    response = staff_client.post("/api/books", body)

    assert response.status_code == 422, response.content
    assert pointer in [error["pointer"] for error in response.json()["errors"]]
    assert not Book.objects.exists()


def test_values_that_the_source_stated_can_be_sent_back(staff_client: APIClient) -> None:
    """Sources may have stated them before the check existed."""
    stated: dict[str, Any] = {"isbn_13": "9780000000000", "price": "7.50", "currency": "XTS"}
    book = make_book(title="Odl", **stated)

    response = staff_client.patch(f"/api/books/{book.pk}", {"title": "Old", **stated})

    assert response.status_code == 200
    assert Book.objects.values("title", *stated).get() == {"title": "Old", **stated, "price": Decimal("7.50")}


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [({"isbn_13": "9780000000001"}, "/isbn_13"), ({"currency": "XXX"}, "/currency"), ({"currency": "JPY"}, "/price")],
)
def test_a_changed_value_is_checked(staff_client: APIClient, changes: dict[str, str], pointer: str) -> None:
    book = make_book(isbn_13="9780000000000", price="7.50", currency="XTS")

    response = staff_client.patch(f"/api/books/{book.pk}", changes)

    assert (response.status_code, [each["pointer"] for each in response.json()["errors"]]) == (422, [pointer])


def test_books_with_a_price_history_cannot_be_deleted(staff_client: APIClient) -> None:
    observed, other = make_book(), make_book()
    PriceObservation.objects.create(book=observed, price=Decimal(1), currency="GBP", availability="in_stock")

    response = staff_client.delete(f"/api/books/{observed.pk}")

    assert response.status_code == 409
    assert response.json()["detail"] == "It cannot be deleted while it has price observations."
    assert staff_client.delete(f"/api/books/{other.pk}").status_code == 204
    assert Book.objects.get() == observed


def test_staff_edit_categories_and_authors(staff_client: APIClient) -> None:
    created = staff_client.post("/api/categories", {"name": "Poetry"}).json()
    assert staff_client.post("/api/categories", {"name": "Poetry"}).status_code == 409

    assert staff_client.put(f"/api/categories/{created['id']}", {"name": "Verse"}).status_code == 200
    assert Category.objects.get().name == "Verse"
    assert staff_client.delete(f"/api/categories/{created['id']}").status_code == 204
    assert staff_client.post("/api/authors", {"name": "Ann"}).status_code == 201


@pytest.mark.parametrize("key", ["Dune", "OL1M", "OL1A", "OL0W", "OL1W2", "/works/", "https://example.org/works/OL1W"])
def test_a_work_key_that_is_none_is_rejected(staff_client: APIClient, key: str) -> None:
    book = make_book(title="Dune")
    for method, path in (("post", "/api/books"), ("patch", f"/api/books/{book.pk}")):
        response = getattr(staff_client, method)(path, {"title": "Dune", "work_key": key})

        assert response.status_code == 422
        (error,) = response.json()["errors"]
        assert error["pointer"] == "/work_key"
        assert "such as OL45804W" in error["detail"]
    assert Book.objects.get().work_key is None


@pytest.mark.parametrize("key", ["OL45804W", "ol45804w", "/works/OL45804W", "https://openlibrary.org/works/OL45804W/x"])
def test_a_work_key_may_be_an_address(staff_client: APIClient, key: str) -> None:
    book = make_book()

    assert staff_client.patch(f"/api/books/{book.pk}", {"work_key": key}).json()["work_key"] == "OL45804W"
    assert staff_client.patch(f"/api/books/{book.pk}", {"work_key": None}).json()["work_key"] is None
