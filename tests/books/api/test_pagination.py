"""Long lists: pages far down and walks by cursor show each row once and in its place, whichever way leads there."""

import random
from itertools import chain
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.db import connection
from django.db.models import QuerySet
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext
from pytest_django.fixtures import Settings
from rest_framework.test import APIClient

from books.api import pagination
from books.filters import BookFilter
from books.models import Author, Book, Source
from core.pagination import access_path as walking
from core.pagination import checkpoints as far
from core.pagination.checkpoints import FarList
from core.pagination.keyset import Order
from core.pagination.page_number import Pages
from tests.support.factories import make_book

pytestmark = pytest.mark.django_db

ORDERS = ["", *(f"{sign}{name}" for name in ("title", "price", "rating", "first_publish_year", "created_at")
                for sign in ("", "-")), "rating,-price", "-rating,title"]  # fmt: skip
FILTERS = ["", "rating=2", "min_price=3", "available=true", "title=odd", "in_stock=true&rating=1"]
COUNT = 60


@pytest.fixture(autouse=True)
def books(db: None) -> None:
    """With many equal values, and many nulls."""
    chance = random.Random(1)
    for number in range(COUNT):
        price = chance.choice([None, 1, 2, 3, 4])
        make_book(
            title=chance.choice(["Odd one", "Even two", "Odd three", "Four"]), rating=chance.choice([None, 1, 2]),
            price=price, currency=price and "GBP", first_publish_year=chance.choice([None, 1900, 1901]),
            in_stock=chance.choice([None, True, False]), source_key=str(number), source=Source.BOOKS_TO_SCRAPE,
        )  # fmt: skip


@pytest.fixture(params=[0, 15, walking.FEW], ids=["walked", "walked or sorted", "sorted"])
def few(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each way to rows that are filtered and sorted."""
    monkeypatch.setattr(walking, "FEW", request.param)


def asked(query: str) -> QuerySet[Book]:
    found: QuerySet[Book] = BookFilter(QueryDict(query), queryset=Book.objects.order_by("pk")).qs
    return found


def keys_in_order(query: str) -> list[int]:
    return list(asked(query).values_list("pk", flat=True))


def get(client: APIClient, address: str) -> Any:
    answer = client.get(address)
    assert answer.status_code == 200, answer.content
    return answer.json()


def refused_parameters(answer: Any) -> list[str]:
    assert answer.status_code == 422, answer.content
    return [error["parameter"] for error in answer.json()["errors"]]


def walk(client: APIClient, address: str | None, direction: str = "next") -> list[list[int]]:
    """The ids of each page."""
    pages = []
    while address:
        page = get(client, address)
        pages.append([book["id"] for book in page["results"]])
        address = page[direction]
    return pages


@pytest.mark.usefixtures("few")
@pytest.mark.parametrize("order", ORDERS)
def test_a_cursor_walks_through_everything_once_and_in_order(client: APIClient, order: str) -> None:
    for condition in FILTERS:
        query = f"{condition}&ordering={order}"
        pages = walk(client, f"/api/books?{query}&cursor=&limit=7")

        assert list(chain(*pages)) == keys_in_order(f"{query}&cursor=")
        assert all(len(page) == 7 for page in pages[:-1])


@pytest.mark.parametrize("order", ORDERS)
def test_a_walk_goes_back_as_it_came(client: APIClient, order: str) -> None:
    forwards = walk(client, f"/api/books?cursor=&limit=7&ordering={order}")
    last: str | None = f"/api/books?cursor=&limit=7&ordering={order}"
    while following := get(client, str(last))["next"]:
        last = following

    backwards = walk(client, last, "previous")

    assert [sorted(page) for page in reversed(backwards)] == [sorted(page) for page in forwards]
    assert backwards == list(reversed(forwards))


def test_a_walk_counts_nothing_and_has_no_page_numbers(client: APIClient) -> None:
    first = get(client, "/api/books?cursor=&limit=50")
    second = get(client, first["next"])

    assert set(first) == {"next", "previous", "results"}
    assert (first["previous"], second["next"], len(second["results"])) == (None, None, COUNT - 50)
    refused = client.get("/api/books?cursor=&page=2")
    assert refused_parameters(refused) == ["page"]


def test_what_comes_and_goes_during_a_walk_moves_nothing_else(client: APIClient) -> None:
    standing = keys_in_order("ordering=price")
    first = get(client, "/api/books?cursor=&limit=20&ordering=price")
    shown = [book["id"] for book in first["results"]]
    Book.objects.filter(pk__in=shown[5:]).delete()  # the one that the cursor names, too
    make_book(title="Cheap", price=1, currency="GBP")

    rest = list(chain(*walk(client, first["next"])))

    assert shown + [key for key in rest if key in standing] == standing


@pytest.mark.parametrize("cursor", ["x", "MQ", "é", "%00", "a" * 5000])
def test_a_cursor_that_was_not_given_out_is_refused(client: APIClient, cursor: str) -> None:
    refused = client.get(f"/api/books?cursor={cursor}")

    assert refused_parameters(refused) == ["cursor"]


def test_a_cursor_of_another_order_is_refused(client: APIClient) -> None:
    by_price = get(client, "/api/books?cursor=&limit=5&ordering=price")["next"]

    refused = client.get(by_price.replace("ordering=price", "ordering=title"))

    assert refused_parameters(refused) == ["cursor"]


def test_authors_and_categories_are_walked_too(client: APIClient) -> None:
    Author.objects.bulk_create(Author(name=f"Name {number % 4}", name_key=f"name {number % 4}") for number in range(30))

    pages = walk(client, "/api/authors?cursor=&limit=8")

    assert list(chain(*pages)) == list(Author.objects.values_list("pk", flat=True))
    assert get(client, "/api/categories?cursor=")["next"] is None


def test_authors_who_are_few_stand_by_name(client: APIClient) -> None:
    for name in ("Zoe Ann", "Ann", "Mary Ann", "Bea"):
        Author.objects.create(name=name)

    for parameter in ("", "&cursor="):
        page = get(client, f"/api/authors?name=ann{parameter}")
        assert [author["name"] for author in page["results"]] == ["Ann", "Mary Ann", "Zoe Ann"]


def test_a_search_is_walked_by_id(client: APIClient) -> None:
    page = get(client, "/api/books/search?title=odd&cursor=&limit=100")

    assert page["search"] == "odd"
    assert [book["id"] for book in page["results"]] == sorted(keys_in_order("title=odd&ordering=title"))


@pytest.fixture
def near(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is otherwise far is near here."""
    monkeypatch.setattr(pagination, "FAR", 10)
    monkeypatch.setattr(Pages, "most_counted", 10)
    monkeypatch.setattr(far, "STRIDE", 7)


@pytest.mark.usefixtures("near", "few")
@pytest.mark.parametrize("order", ORDERS)
def test_every_page_shows_its_stretch_of_the_list(client: APIClient, order: str) -> None:
    for condition in ("", "rating=2", "min_price=2"):
        expected = keys_in_order(f"{condition}&ordering={order}")
        for number in range(1, len(expected) // 4 + 1):
            page = get(client, f"/api/books?limit=4&page={number}&ordering={order}&{condition}")
            assert [book["id"] for book in page["results"]] == expected[4 * number - 4 : 4 * number]
            is_exact = 4 * number >= 10
            assert (page["count"], page["count_is_exact"]) == (len(expected) if is_exact else 10, is_exact)


@pytest.mark.django_db(transaction=True, available_apps=django_settings.INSTALLED_APPS)
@pytest.mark.usefixtures("near", "few")
def test_what_is_kept_of_a_list_ends_with_a_write(client: APIClient, settings: Settings) -> None:
    settings.READ_CACHE_MB = 1
    asked_for = [("ordering=price", 4), ("rating=2&ordering=title", 2), ("rating=2&ordering=price", 3), ("rating=1", 1)]

    def pages_are_right() -> None:
        for query, number in asked_for * 2:  # the second time by what was kept
            expected = keys_in_order(query)
            page = get(client, f"/api/books?{query}&limit=4&page={number}")
            assert [book["id"] for book in page["results"]] == expected[4 * number - 4 : 4 * number]
            assert page["count"] == (len(expected) if 4 * number >= 10 else min(10, len(expected)))

    pages_are_right()
    Book.objects.filter(pk__in=keys_in_order("rating=1")[:5]).update(rating=2, price=1, currency="GBP")
    pages_are_right()
    Book.objects.filter(pk__in=keys_in_order("ordering=price")[:9]).delete()
    pages_are_right()
    make_book(title="A", rating=2, price=1, currency="GBP")
    pages_are_right()


@pytest.mark.parametrize("order", ORDERS)
def test_a_long_list_is_entered_anywhere(monkeypatch: pytest.MonkeyPatch, order: str) -> None:
    monkeypatch.setattr(far, "STRIDE", 7)
    rows, expected = asked(f"ordering={order}"), keys_in_order(f"ordering={order}")
    known = FarList(COUNT)

    for start in random.Random(order).sample(range(COUNT + 5), COUNT):
        assert known.keys(Order(rows), start, 3) == expected[start : start + 3]


def test_a_list_that_is_shorter_by_now_shows_what_stands(monkeypatch: pytest.MonkeyPatch) -> None:
    """Such an answer is kept under a stamp that holds no more."""
    monkeypatch.setattr(far, "STRIDE", 7)
    Book.objects.filter(pk__in=keys_in_order("")[10:]).delete()
    rows, remaining = asked(""), keys_in_order("")

    for start in (3, 8, 20, 55):
        assert set(FarList(COUNT).keys(Order(rows), start, 3)) <= set(remaining)


def test_a_known_place_makes_the_next_walk_short(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(far, "STRIDE", 7)
    rows, known = asked(""), FarList(COUNT)
    known.keys(Order(rows), 28, 3)

    with CaptureQueriesContext(connection) as again:
        known.keys(Order(rows), 25, 3)

    assert len(again) == 1


@pytest.mark.usefixtures("near")
def test_a_page_past_the_end_costs_no_walk(client: APIClient, settings: Settings) -> None:
    with CaptureQueriesContext(connection) as asked_for:
        assert client.get(f"/api/books?page={10**11}").status_code == 404

    assert len(asked_for) == 2  # the stamp, and how many there are
