"""Repeated parameters, and values that are not one of the choices."""

import pytest
from rest_framework.test import APIClient

from tests.support.factories import make_book
from tests.support.responses import titles

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("path", "query", "name"),
    [
        ("/api/books", "rating=5&rating=1", "rating"),
        ("/api/books", "rating=5&rating=5", "rating"),
        ("/api/books", "title=love&title=dune", "title"),
        ("/api/books", "limit=2&limit=5", "limit"),
        ("/api/books", "page=1&page=2", "page"),
        ("/api/books", "cursor=&cursor=", "cursor"),
        ("/api/books", "in_stock=true&in_stock=false", "in_stock"),
        ("/api/books", "category=Travel&limit=5&category=Poetry", "category"),
        ("/api/books", "min_price=&min_price=10", "min_price"),
        ("/api/books", "format=json&format=json", "format"),
        ("/books", "page=1&page=1", "page"),
        ("/api/books/search", "title=love&title=dune", "title"),
        ("/api/price-changes", "since=2026-05-03&since=2026-05-04", "since"),
        ("/api/authors", "name=ann&name=bea", "name"),
        ("/api/search", "q=dune&q=love", "q"),
        ("/api/users", "page=1&page=2", "page"),
        ("/api/library", "status=read&status=reading", "status"),
        ("/api/scrape-runs", "state=failed&state=queued", "state"),
    ],
)
def test_a_repeated_parameter_is_rejected(staff_client: APIClient, path: str, query: str, name: str) -> None:
    response = staff_client.get(f"{path}?{query}")

    assert response.status_code == 422
    (error,) = response.json()["errors"]
    assert (error["parameter"], error["code"]) == (name, "repeated")
    assert error["detail"] == f"The parameter {name!r} is given twice. Send it once."


def test_a_parameter_that_is_given_more_often_is_counted(client: APIClient) -> None:
    response = client.get("/api/books?rating=5&rating=4&rating=3")

    assert "is given 3 times" in response.json()["detail"]


@pytest.mark.parametrize(
    "query",
    [
        "ordering=-rating,price",
        "ordering=-rating&ordering=price",
        "ordering=&ordering=-rating&ordering=price",
        "ordering=-rating,&ordering=price",
    ],
)
def test_an_ordering_may_have_both_styles_of_a_list(client: APIClient, query: str) -> None:
    for rating, price in [(4, 1), (5, 30), (5, 10)]:
        make_book(title=f"{rating} {price}", rating=rating, price=price, currency="GBP")

    assert titles(client.get(f"/api/books?{query}")) == ["5 10", "5 30", "4 1"]


def test_pages_of_an_ordering_are_linked_in_both_styles(client: APIClient) -> None:
    for rating, price in [(4, 1), (5, 30), (5, 10)]:
        make_book(title=f"{rating} {price}", rating=rating, price=price, currency="GBP")
    following = client.get("/api/books?ordering=-rating&ordering=price&limit=1").json()["next"]

    assert titles(client.get(following)) == ["5 30"]


def test_a_name_given_in_both_styles_is_rejected(client: APIClient) -> None:
    response = client.get("/api/books?ordering=price,rating&ordering=-price")

    assert response.json()["errors"][0]["parameter"] == "ordering"


@pytest.mark.parametrize(
    ("path", "name", "value", "nearest", "choices"),
    [
        ("/api/books", "in_stock", "True", "true", "true, false"),
        ("/api/books", "in_stock", "1", None, "true, false"),
        ("/api/books", "available", "yes", None, "true, false"),
        ("/api/books", "available", "%25s", None, "true, false"),
        ("/api/books", "ordering", "-prise", "-price", "title, -title, price, -price, rating, -rating"),
        ("/api/books", "ordering", "title,Prices", "price", "title, -title, price, -price, rating, -rating"),
        ("/api/books", "source", "openlibrary", "open_library", "open_library"),
        ("/api/books", "cheapest_per", "categories", "category", "category"),
        ("/api/price-changes", "direction", "downwards", "down", "down, up, currency"),
        ("/api/price-changes", "ordering", "percent", "change_percent", "observed_at, -observed_at, change_percent"),
        ("/api/library", "status", "want", "want_to_read", "want_to_read, reading, paused, read, stopped"),
        ("/api/scrape-runs", "state", "fail", "failed", "queued, running, succeeded"),
        ("/api/scrape-runs", "site", "book_to_scrape", "books_to_scrape", "books_to_scrape"),
        ("/api/scrape-runs", "trigger", "cron", None, "command, api, admin"),
    ],
)
def test_an_unknown_choice_is_answered_with_the_nearest_and_all(
    staff_client: APIClient, path: str, name: str, value: str, nearest: str | None, choices: str
) -> None:
    response = staff_client.get(f"{path}?{name}={value}")

    assert response.status_code == 422
    (error,) = response.json()["errors"]
    assert (error["parameter"], error["code"]) == (name, "invalid_choice")
    assert choices in error["detail"]
    assert (f"Did you mean {nearest!r}?" in error["detail"]) is (nearest is not None)


def test_an_unknown_shop_is_answered_with_the_nearest(staff_client: APIClient) -> None:
    response = staff_client.post("/api/scrape-runs", {"site": "book_to_scrape"})

    assert response.status_code == 422
    assert "Did you mean 'books_to_scrape'? The shops are:" in response.json()["detail"]


@pytest.mark.parametrize("value", ["0.25", "5.5", "4.3", "x", "NaN"])
def test_a_rating_that_is_not_in_halves_is_rejected(member_client: APIClient, value: str) -> None:
    response = member_client.get(f"/api/library?rating={value}")

    assert response.json()["errors"][0]["parameter"] == "rating"


@pytest.mark.parametrize("value", ["4", "4.0", "4.5", ""])
def test_a_rating_may_be_written_with_or_without_its_fraction(member_client: APIClient, value: str) -> None:
    assert member_client.get(f"/api/library?rating={value}").status_code == 200
