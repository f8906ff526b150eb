"""Staff change the catalogue through the API; nobody else does."""

from decimal import Decimal
from typing import Any

import pytest
from rest_framework.test import APIClient

from books.models import Author, Book, Category, PriceObservation
from tests.support.factories import make_book, make_category

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("kind", ["books", "authors", "categories"])
def test_strangers_get_401_and_members_403(client: APIClient, member_client: APIClient, kind: str) -> None:
    book = make_book(authors=["Ann"], category=make_category())
    ids = {"books": book.pk, "authors": book.authors.get().pk, "categories": book.category_id}

    for path, methods in ((f"/api/{kind}", ["post"]), (f"/api/{kind}/{ids[kind]}", ["put", "patch", "delete"])):
        for method in methods:
            refused = getattr(client, method)(path, {})
            assert refused.status_code == 401
            assert refused["WWW-Authenticate"]
            assert getattr(member_client, method)(path, {}).status_code == 403


def test_staff_enter_a_book_by_hand(staff_client: APIClient) -> None:
    second, first = Author.objects.create(name="Ann"), Author.objects.create(name="Bea")
    category = make_category()

    answer = staff_client.post(
        "/api/books",
        {"title": "Ours", "authors": [first.pk, second.pk], "category": category.pk, "isbn_13": "0-14-118263-6",
         "price": "12.50", "currency": "GBP", "languages": ["eng"]},
    )  # fmt: skip

    assert answer.status_code == 201, answer.content
    body = answer.json()
    assert body == staff_client.get(f"/api/books/{body['id']}").json()
    assert [author["name"] for author in body["authors"]] == ["Bea", "Ann"]
    assert (body["source"], body["isbn_13"], body["price"]) == ("manual", "9780141182636", "12.50")
    assert Book.objects.get().source_key
    assert not PriceObservation.objects.exists()  # the history holds what sources said


def test_staff_change_some_fields(staff_client: APIClient) -> None:
    book = make_book(title="Odl", authors=["Ann"], price=5, currency="GBP")

    answer = staff_client.patch(f"/api/books/{book.pk}", {"title": "Old"})

    assert answer.status_code == 200
    assert (answer.json()["title"], answer.json()["authors"][0]["name"]) == ("Old", "Ann")
    assert titles_found(staff_client, "old") == ["Old"]


def titles_found(client: APIClient, text: str) -> list[str]:
    return [book["title"] for book in client.get(f"/books/search?title={text}").json()["results"]]


def test_staff_replace_the_authors(staff_client: APIClient) -> None:
    book = make_book(authors=["Ann", "Bea"])
    cleo = Author.objects.create(name="Cleo")

    staff_client.patch(f"/api/books/{book.pk}", {"authors": [cleo.pk, cleo.pk]})

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
        ({"title": "x", "isbn_13": "9780141182637"}, "/isbn_13"),
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
def test_a_wrong_body_is_refused_by_the_field(staff_client: APIClient, body: Any, pointer: str) -> None:
    answer = staff_client.post("/api/books", body)

    assert answer.status_code == 422, answer.content
    assert pointer in [error["pointer"] for error in answer.json()["errors"]]
    assert not Book.objects.exists()


def test_a_book_with_a_price_history_is_kept(staff_client: APIClient) -> None:
    kept, deleted = make_book(), make_book()
    PriceObservation.objects.create(book=kept, price=Decimal(1), currency="GBP", in_stock=True)

    refused = staff_client.delete(f"/api/books/{kept.pk}")

    assert refused.status_code == 409
    assert "price observations" in refused.json()["detail"]
    assert staff_client.delete(f"/api/books/{deleted.pk}").status_code == 204
    assert Book.objects.get() == kept


def test_categories_and_authors_are_edited(staff_client: APIClient) -> None:
    created = staff_client.post("/api/categories", {"name": "Poetry"}).json()
    assert staff_client.post("/api/categories", {"name": "Poetry"}).status_code == 409

    assert staff_client.put(f"/api/categories/{created['id']}", {"name": "Verse"}).status_code == 200
    assert Category.objects.get().name == "Verse"
    assert staff_client.delete(f"/api/categories/{created['id']}").status_code == 204
    assert staff_client.post("/api/authors", {"name": "Ann"}).status_code == 201
