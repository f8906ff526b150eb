"""Search by the words of titles: what is found, in which order, by which way; alike on both databases."""

import json
import random
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from rest_framework.test import APIClient

from books.management.commands import rebuild_search
from books.models import Author, Book
from books.search import titles as finding
from books.search import trigram_index as words
from core.pagination import access_path as walking
from core.pagination import page_number as pagination
from tests.fakes.shop.catalogue import read_books
from tests.support.factories import make_book, make_category
from tests.support.installation import Installation, on_postgresql, on_sqlite

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


def found(client: APIClient, **query: Any) -> list[str]:
    answer = client.get("/api/books", query)
    assert answer.status_code == 200, answer.content
    return [book["title"] for book in answer.json()["results"]]


@pytest.fixture
def books(db: None) -> None:
    for title in TITLES:
        make_book(title=title, rating=1 + len(title) % 5)


@pytest.fixture(params=["few", "many"])
def size(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Both ways of finding: sorting few hits, walking many."""
    if request.param == "many":
        monkeypatch.setattr(walking, "FEW", 1)
    return str(request.param)


BEST_FIRST = [
    ("art", ["Art", "Art, Actually", "Étude: the art", "The Art of War", "Martial Arts", "Party!", "The Heart"]),
    ("ART", ["Art", "Art, Actually", "Étude: the art", "The Art of War", "Martial Arts", "Party!", "The Heart"]),
    ("the art", ["The Art of War", "Étude: the art"]),
    ("art actually", ["Art, Actually"]),
    ("etude the", ["Étude: the art"]),
    ("heart", ["The Heart"]),
    ("ar", ["Ar", "Art", "Art, Actually", "Étude: the art", "Martial Arts", "The Art of War"]),
    ("xyz", []),
    ("c#", ["C#"]),
    ("#", ["C#"]),
]


@pytest.mark.parametrize(("text", "titles"), BEST_FIRST)
def test_the_best_hits_come_first(client: APIClient, books: None, size: str, text: str, titles: list[str]) -> None:
    assert found(client, title=text) == titles


@pytest.mark.parametrize("limit", [1, 2, 3])
def test_the_pages_of_a_search_hold_each_hit_once(client: APIClient, books: None, size: str, limit: int) -> None:
    pages = [found(client, title="art", limit=limit, page=page) for page in range(1, 7 // limit + 1)]

    assert [title for page in pages for title in page] == BEST_FIRST[0][1][: 7 // limit * limit]
    assert client.get("/api/books?title=art&limit=7").json()["next"] is None
    assert client.get("/api/books?title=art&limit=7&page=2").status_code == 404


def test_another_order_and_further_filters_go_together_with_a_title(client: APIClient, books: None, size: str) -> None:
    assert found(client, title="art", ordering="-title")[:2] == ["The Heart", "The Art of War"]
    assert found(client, title="art", rating=4) == ["Art", "Art, Actually"]


@pytest.mark.parametrize("text", ["a", "é", "1"])
def test_one_letter_is_too_little(client: APIClient, books: None, text: str) -> None:
    answer = client.get("/api/books", {"title": text})

    assert answer.status_code == 422
    assert answer.json()["errors"] == [
        {"parameter": "title", "code": "min_length", "detail": "At least 2 letters are needed."}
    ]


def test_the_database_keeps_the_index_up(client: APIClient, books: None) -> None:
    Book.objects.filter(title="Zen").update(title="Painting", title_key="painting")
    Book.objects.filter(title="Art").delete()

    assert found(client, title="paint") == ["Painting"]
    assert found(client, title="zen") == []
    assert found(client, title="art")[0] == "Art, Actually"


def test_a_title_longer_than_its_key_is_found_by_itself(client: APIClient, db: None) -> None:
    title = "\ufdfa" * 40  # one sign of eighteen letters
    make_book(title=title)

    assert found(client, title=title) == [title]


def test_two_letters_begin_words_in_every_list(client: APIClient, db: None) -> None:
    make_category("Fiction")
    Author.objects.create(name="Fiction")

    for path in ("/api/categories", "/api/authors"):
        assert [client.get(path, {"name": part}).json()["count"] for part in ("fi", "ic", "ict")] == [1, 0, 1]


@pytest.mark.skipif(connection.vendor != "sqlite", reason="PostgreSQL does not replace rows")
def test_the_index_hears_of_a_row_that_is_replaced(client: APIClient, books: None) -> None:
    columns = ", ".join(f'"{field.column}"' for field in Book._meta.concrete_fields)
    others = columns.replace('"title_key"', "'painting'")
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT OR REPLACE INTO books_book ({columns}) SELECT {others} FROM books_book WHERE title = 'Zen'"
        )

    assert found(client, title="zen") == []
    assert found(client, title="paint") == ["Zen"]


def test_the_index_can_be_made_anew(client: APIClient, books: None) -> None:
    connection.check_constraints()  # PostgreSQL makes no index while some wait to be checked
    rebuild_search.Command().handle()

    assert found(client, title="art") == BEST_FIRST[0][1]
    Book.objects.filter(title="Zen").update(title_key="painting")
    assert found(client, title="paint") == ["Zen"]


def test_authors_are_found_by_parts_of_their_names(client: APIClient, db: None) -> None:
    for name in ("Émile Zola", "Zoë O’Hara", "Li Bo"):
        Author.objects.create(name=name)

    def names(text: str) -> list[str]:
        return [each["name"] for each in client.get("/api/authors", {"name": text}).json()["results"]]

    assert names("zol") == ["Émile Zola"]
    assert names("ohara") == ["Zoë O’Hara"]
    assert names("bo") == ["Li Bo"]
    assert client.get("/api/authors", {"name": "z"}).status_code == 422


def plan_of(queryset: Any) -> str:
    return str(queryset.explain())


def test_few_hits_are_found_by_the_index(books: None) -> None:
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL enable_seqscan = off")  # of ten rows it would read all
    titles = dict(Book.objects.filter(title_key__contains="art").values_list("pk", "title_key"))

    assert words.few("book", "art", most=100) == titles
    plan = plan_of(Author.objects.filter(words.Holds("author", "ann")))
    assert ("books_author_words" in plan) or ("VIRTUAL TABLE INDEX" in plan), plan


def test_of_a_phrase_the_rarest_trigrams_are_asked_for(db: None) -> None:
    for title in ("aaab", "aaac", "aaad", "bcde"):
        make_book(title=title)
    words.samples.clear()

    assert words.rarest("book", "aaabcde") == ["abc", "aab", "bcd"]
    words.samples.clear()


def test_candidates_that_do_not_hold_the_text_are_not_shown(client: APIClient, db: None) -> None:
    for title in ("abcdef", "abc xdef", "def abc"):
        make_book(title=title)

    assert found(client, title="abcdef") == ["abcdef"]
    assert found(client, title='a"bcdef') == []


def test_many_hits_are_walked_by_title(books: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(walking, "FEW", 1)
    ranked = finding.best_first(Book.objects.all(), "art")
    assert isinstance(ranked, finding.Ranked)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_sort = off")

    for rank in ranked._ranks:
        assert "title_key" in plan_of(rank), plan_of(rank)
        assert "TEMP B-TREE" not in plan_of(rank)


def test_counting_ends_somewhere(client: APIClient, books: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pagination.Pages, "most_counted", 5)

    first = client.get("/api/books", {"limit": 2}).json()
    assert (first["count"], first["count_is_exact"]) == (5, False)
    assert client.get("/api/books", {"limit": 2, "page": 4}).json()["count"] == 9
    last = client.get("/api/books", {"limit": 2, "page": 5}).json()
    assert (last["count"], last["count_is_exact"], last["next"]) == (10, True, None)


ASKED = Path(__file__).with_name("ask_search.py").read_text(encoding="utf-8")


def thousand_queries() -> list[str]:
    """Parts of titles, whole words, two letters, two words, with another case, and some that nothing holds."""
    chance = random.Random(7)
    titles = [book.title for book in read_books()]
    queries = []
    for _ in range(1_000):
        title = chance.choice(titles)
        start = chance.randrange(len(title))
        part = title[start : start + chance.choice([2, 3, 4, 5, 8, 13])]
        queries.append(chance.choice([part, part.upper(), chance.choice(title.split()), f"{part}q"]))
    return queries


@pytest.mark.skipif(connection.vendor != "postgresql", reason="compares PostgreSQL with SQLite")
@pytest.mark.parametrize("few", [2_000, 3])
def test_both_databases_find_the_same_in_the_same_order(tmp_path: Path, few: int) -> None:
    answers = []
    for kind in (on_sqlite, on_postgresql):
        with Installation.create(tmp_path / kind.__name__, kind) as installed:
            script = f"FEW, QUERIES = {few}, {thousand_queries()!r}\n{ASKED}"
            finished = installed.manage("shell", "--verbosity", "0", "--command", script, timeout=600)
            assert finished.returncode == 0, finished.stderr
            answers.append(json.loads(finished.stdout))

    assert sum(bool(each) for each in answers[0]) > 500
    assert [query for query, one, other in zip(thousand_queries(), *answers, strict=True) if one != other] == []
