"""Long lists: pages by number and by cursor contain each row once and in order, by every access path."""

import random
from itertools import chain
from typing import Any

import pytest
from django.db import connection
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext
from pytest_django.fixtures import Settings
from rest_framework.test import APIClient

from books.api.pagination import CataloguePagination
from books.filters import BookFilter
from books.models import Author, Book
from tests.support.apps import ALL_APPS
from tests.support.factories import make_book

pytestmark = pytest.mark.django_db

ORDERINGS = ["", *(f"{sign}{name}" for name in ("title", "price", "rating", "first_publish_year", "created_at")
                   for sign in ("", "-")), "rating,-price", "-rating,title"]  # fmt: skip
FILTERS = ["rating=2", "min_price=3", "available=true", "title=odd", "in_stock=true&rating=1"]
COUNT = 60


@pytest.fixture(autouse=True)
def books(db: None) -> None:
    """Books with many equal values and many NULLs."""
    chance = random.Random(1)
    prices = [chance.choice([None, 1, 2, 3, 4]) for _ in range(COUNT)]
    Book.objects.bulk_create(
        Book(
            title=chance.choice(["Odd one", "Even two", "Odd three", "Four"]), rating=chance.choice([None, 1, 2]),
            price=price, currency=price and "GBP", first_publish_year=chance.choice([None, 1900, 1901]),
            availability=chance.choice(["unknown", "in_stock", "preorder"]), source_key=str(number),
            source="books_to_scrape",
        )
        for number, price in enumerate(prices)
    )  # fmt: skip


@pytest.fixture(params=[0, 15, CataloguePagination.max_sorted], ids=["index scan", "both", "sort"])
def access_path(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Runs the test with filtered rows found along the ordering's index, and with few filtered rows sorted."""
    monkeypatch.setattr(CataloguePagination, "max_sorted", request.param)


@pytest.fixture
def low_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    """Short lists are deep enough for checkpoints, and too long to be counted."""
    monkeypatch.setattr(CataloguePagination, "deep_offset", 10)
    monkeypatch.setattr(CataloguePagination, "max_counted", 10)
    monkeypatch.setattr(CataloguePagination, "checkpoint_stride", 7)


def expected_keys(query: str) -> list[int]:
    """The keys that the database returns for the whole list."""
    return list(BookFilter(QueryDict(query), queryset=Book.objects.order_by("pk")).qs.values_list("pk", flat=True))


def get(client: APIClient, url: str) -> Any:
    response = client.get(url)
    assert response.status_code == 200, response.content
    return response.json()


def get_keys(page: Any) -> list[int]:
    return [row["id"] for row in page["results"]]


def rejected_parameters(response: Any) -> list[str]:
    assert response.status_code == 422, response.content
    return [error["parameter"] for error in response.json()["errors"]]


def follow_links(client: APIClient, url: str | None, link: str = "next") -> list[list[int]]:
    """The keys of each page from the URL on."""
    pages = []
    while url:
        page = get(client, url)
        pages.append(get_keys(page))
        url = page[link]
    return pages


@pytest.mark.usefixtures("access_path")
@pytest.mark.parametrize("ordering", ORDERINGS)
def test_pages_by_cursor_contain_each_row_once(client: APIClient, ordering: str) -> None:
    for condition in FILTERS:
        query = f"{condition}&ordering={ordering}"
        pages = follow_links(client, f"/api/books?{query}&cursor=&limit=7")

        assert list(chain(*pages)) == expected_keys(f"{query}&cursor=")
        assert all(len(page) == 7 for page in pages[:-1])


@pytest.mark.parametrize("ordering", ORDERINGS)
def test_previous_links_return_the_same_pages(client: APIClient, ordering: str) -> None:
    pages = [get(client, f"/api/books?cursor=&limit=7&ordering={ordering}")]
    while pages[-1]["next"]:
        pages.append(get(client, pages[-1]["next"]))
    forwards = [get_keys(page) for page in pages]

    assert list(chain(*forwards)) == expected_keys(f"ordering={ordering}&cursor=")
    assert all(len(keys) == 7 for keys in forwards[:-1])
    assert follow_links(client, pages[-1]["previous"], "previous") == list(reversed(forwards[:-1]))


def test_pages_by_cursor_have_no_count(client: APIClient) -> None:
    first = get(client, "/api/books?cursor=&limit=50")
    second = get(client, first["next"])

    assert set(first) == {"next", "previous", "results"}
    assert (first["previous"], second["next"], len(second["results"])) == (None, None, COUNT - 50)


def test_a_cursor_and_a_page_number_exclude_each_other(client: APIClient) -> None:
    assert rejected_parameters(client.get("/api/books?cursor=&page=2")) == ["page"]


def test_writes_between_two_pages_move_no_other_row(client: APIClient) -> None:
    before = expected_keys("ordering=price")
    first = get(client, "/api/books?cursor=&limit=20&ordering=price")
    first_keys = get_keys(first)
    Book.objects.filter(pk__in=first_keys[5:]).delete()  # also the row that the cursor names
    make_book(title="Cheap", price=1, currency="GBP")

    rest = list(chain(*follow_links(client, first["next"])))

    assert first_keys + [key for key in rest if key in before] == before


@pytest.mark.parametrize("cursor", ["x", "MQ", "é", "%00", "a" * 5000])
def test_invalid_cursors_are_rejected(client: APIClient, cursor: str) -> None:
    assert rejected_parameters(client.get(f"/api/books?cursor={cursor}")) == ["cursor"]


def test_cursors_of_another_ordering_are_rejected(client: APIClient) -> None:
    by_price = get(client, "/api/books?cursor=&limit=5&ordering=price")["next"]

    response = client.get(by_price.replace("ordering=price", "ordering=title"))

    assert rejected_parameters(response) == ["cursor"]


def test_authors_and_categories_have_cursors(client: APIClient) -> None:
    Author.objects.bulk_create(Author(name=f"Name {number % 4}", name_key=f"name {number % 4}") for number in range(30))

    pages = follow_links(client, "/api/authors?cursor=&limit=8")

    assert list(chain(*pages)) == list(Author.objects.values_list("pk", flat=True))
    assert [len(page) for page in pages] == [8, 8, 8, 6]
    assert get(client, "/api/categories?cursor=")["next"] is None


@pytest.mark.parametrize("cursor", ["", "&cursor="])
def test_few_authors_are_sorted_by_name(client: APIClient, cursor: str) -> None:
    for name in ("Zoe Ann", "Ann", "Mary Ann", "Bea"):
        Author.objects.create(name=name)

    page = get(client, f"/api/authors?name=ann{cursor}")

    assert [author["name"] for author in page["results"]] == ["Ann", "Mary Ann", "Zoe Ann"]


def test_search_results_by_cursor_are_ordered_by_id(client: APIClient) -> None:
    page = get(client, "/api/books/search?title=odd&cursor=&limit=100")

    assert page["search"] == "odd"
    assert get_keys(page) == sorted(expected_keys("title=odd&ordering=title"))


@pytest.mark.usefixtures("low_limits")
@pytest.mark.parametrize("ordering", ORDERINGS)
def test_pages_by_number_at_any_depth(client: APIClient, ordering: str) -> None:
    for condition in ("", "rating=2", "min_price=2"):
        expected = expected_keys(f"{condition}&ordering={ordering}")
        for number in range(1, len(expected) // 4 + 1):
            page = get(client, f"/api/books?limit=4&page={number}&ordering={ordering}&{condition}")
            assert get_keys(page) == expected[4 * number - 4 : 4 * number]
            is_exact = 4 * number >= 10
            assert (page["count"], page["count_is_exact"]) == (len(expected) if is_exact else 10, is_exact)


@pytest.mark.usefixtures("access_path")
@pytest.mark.parametrize("ordering", ORDERINGS)
def test_pages_of_few_rows_by_number(client: APIClient, ordering: str) -> None:
    query = f"ordering={ordering}&in_stock=true&rating=1"
    pages = follow_links(client, f"/api/books?{query}&limit=4")

    assert list(chain(*pages)) == expected_keys(query)
    assert len(pages) > 1


@pytest.mark.django_db(transaction=True, available_apps=ALL_APPS)
@pytest.mark.usefixtures("low_limits", "access_path")
def test_cached_counts_and_checkpoints_end_with_a_write(client: APIClient, settings: Settings) -> None:
    settings.READ_CACHE_MB = 1
    lists = [("ordering=price", 4), ("rating=2&ordering=title", 2), ("rating=2&ordering=price", 3), ("rating=1", 1)]

    def check_pages() -> None:
        for query, number in lists * 2:  # the second time from the cache
            expected = expected_keys(query)
            page = get(client, f"/api/books?{query}&limit=4&page={number}")
            assert get_keys(page) == expected[4 * number - 4 : 4 * number]
            assert page["count"] == (len(expected) if 4 * number >= 10 else min(10, len(expected)))

    check_pages()
    Book.objects.filter(pk__in=expected_keys("rating=1")[:5]).update(rating=2, price=1, currency="GBP")
    check_pages()
    Book.objects.filter(pk__in=expected_keys("ordering=price")[:9]).delete()
    check_pages()
    make_book(title="A", rating=2, price=1, currency="GBP")
    check_pages()


@pytest.mark.usefixtures("low_limits")
def test_a_page_past_the_end_scans_nothing(client: APIClient) -> None:
    with CaptureQueriesContext(connection) as queries:
        assert client.get(f"/api/books?page={10**11}").status_code == 404

    assert len(queries) == 3  # the version, the count of all books and that of unpublished ones


@pytest.mark.usefixtures("low_limits")
def test_deep_pages_count_published_books_only(client: APIClient) -> None:
    before = get(client, "/api/books?page=4&limit=4")["count"]

    make_book(is_published=False)

    assert get(client, "/api/books?page=4&limit=4")["count"] == before == Book.objects.published().count()
