"""Title search: matches, ranking and pages, for hits that are sorted in memory and for hits read by rank."""

from typing import Any

import pytest
from django.db import connection
from rest_framework.test import APIClient

from books.api.pagination import CataloguePagination
from books.filters import BookFilter
from books.models import Author, Book
from books.search.titles import RankedHits, SortedHits, rank_by_title
from tests.support.factories import make_book, make_category
from tests.support.responses import titles

pytestmark = pytest.mark.django_db

TITLES = [
    "The Art of War",
    "Art",
    "Martial Arts",
    "The Heart",
    "Art, Actually",
    "Étude: the art",
    "Party!",
    "Zen",
    "Ar",
    "C#",
]
MATCHING_ART = ["Art", "Art, Actually", "Étude: the art", "The Art of War", "Martial Arts", "Party!", "The Heart"]
RANKED = [
    ("art", MATCHING_ART),
    ("ART", MATCHING_ART),
    ("the art", ["The Art of War", "Étude: the art"]),
    ("art actually", ["Art, Actually"]),
    ("etude the", ["Étude: the art"]),
    ("heart", ["The Heart"]),
    ("ar", ["Ar", "Art", "Art, Actually", "Étude: the art", "Martial Arts", "The Art of War"]),
    ("xyz", []),
    ("c#", ["C#"]),
    ("#", ["C#"]),
]


def search(client: APIClient, **query: Any) -> list[str]:
    return titles(client.get("/api/books", query))


@pytest.fixture
def books() -> None:
    for title in TITLES:
        make_book(title=title, rating=1 + len(title) % 5)


@pytest.fixture(params=[1, BookFilter.max_sorted], ids=["by rank", "sorted"])
def max_sorted(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Runs the test for hits that are read rank by rank, and for hits that are sorted in memory."""
    monkeypatch.setattr(BookFilter, "max_sorted", request.param)


@pytest.mark.usefixtures("books", "max_sorted")
@pytest.mark.parametrize(("text", "expected"), RANKED)
def test_the_best_matches_come_first(client: APIClient, text: str, expected: list[str]) -> None:
    assert search(client, title=text) == expected


@pytest.mark.usefixtures("books", "max_sorted")
@pytest.mark.parametrize("limit", [1, 2, 3])
def test_each_match_is_on_one_page(client: APIClient, limit: int) -> None:
    pages = [search(client, title="art", limit=limit, page=page) for page in range(1, 7 // limit + 1)]

    assert [title for page in pages for title in page] == MATCHING_ART[: 7 // limit * limit]
    assert client.get("/api/books?title=art&limit=7").json()["next"] is None
    assert client.get("/api/books?title=art&limit=7&page=2").status_code == 404


@pytest.mark.usefixtures("books", "max_sorted")
def test_a_title_can_be_combined_with_an_ordering_and_filters(client: APIClient) -> None:
    by_title = ["The Heart", "The Art of War", "Party!", "Martial Arts", "Étude: the art", "Art, Actually", "Art"]
    assert search(client, title="art", ordering="-title") == by_title
    assert search(client, title="art", rating=4) == ["Art", "Art, Actually"]


@pytest.mark.usefixtures("books")
def test_the_number_of_matches_selects_the_kind_of_hits() -> None:
    assert isinstance(rank_by_title(Book.objects.all(), "art", max_sorted=7), SortedHits)
    assert isinstance(rank_by_title(Book.objects.all(), "art", max_sorted=6), RankedHits)


@pytest.mark.usefixtures("books")
def test_ranks_are_read_along_the_title_index() -> None:
    hits = rank_by_title(Book.objects.all(), "art", max_sorted=1)
    assert isinstance(hits, RankedHits)
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_sort = off")

    for plan in (rank.explain() for rank in hits._ranks):
        assert "title_key" in plan, plan
        assert "TEMP B-TREE" not in plan, plan


@pytest.mark.parametrize("text", ["a", "é", "1"])
def test_a_single_letter_is_rejected(client: APIClient, text: str) -> None:
    response = client.get("/api/books", {"title": text})

    assert response.status_code == 422
    assert response.json()["errors"] == [
        {"parameter": "title", "code": "min_length", "detail": "Enter at least 2 letters."}
    ]


def test_two_letters_match_the_start_of_a_word(client: APIClient) -> None:
    make_category("Fiction")
    Author.objects.create(name="Fiction")

    for path in ("/api/categories", "/api/authors"):
        assert [client.get(path, {"name": part}).json()["count"] for part in ("fi", "ic", "ict")] == [1, 0, 1]


def test_authors_are_found_by_parts_of_their_names(client: APIClient) -> None:
    for name in ("Émile Zola", "Zoë O’Hara", "Li Bo"):
        Author.objects.create(name=name)

    def search_names(text: str) -> list[str]:
        return [author["name"] for author in client.get("/api/authors", {"name": text}).json()["results"]]

    assert search_names("zol") == ["Émile Zola"]
    assert search_names("ohara") == ["Zoë O’Hara"]
    assert search_names("bo") == ["Li Bo"]
    assert client.get("/api/authors", {"name": "z"}).status_code == 422


@pytest.mark.usefixtures("books")
def test_counting_stops_at_a_maximum(client: APIClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(CataloguePagination, "max_counted", 5)

    def get_counts(page: int) -> tuple[int, bool, bool]:
        body = client.get("/api/books", {"limit": 2, "page": page}).json()
        return body["count"], body["count_is_exact"], body["next"] is not None

    assert get_counts(page=1) == (5, False, True)
    assert get_counts(page=4) == (9, False, True)
    assert get_counts(page=5) == (10, True, False)
