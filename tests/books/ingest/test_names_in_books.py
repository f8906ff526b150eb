"""An author's name in a book is the one that the source states for this book, in any order of saving."""

from itertools import permutations
from typing import Any

import pytest
from rest_framework.test import APIClient

from books.ingest import IngestResult, ingest
from books.models import Author, Authorship, Book
from books.records import MAX_TEXT, AuthorRecord, BookRecord
from tests.support.exports import read_export
from tests.support.factories import make_record

pytestmark = pytest.mark.django_db
RUSSIAN, ENGLISH = "Лев Марин", "Leo Marin"
NAMES = {"Зимняя степь": RUSSIAN, "Winter Steppe": ENGLISH}
TITLES = list(NAMES)
ORDERS = list(permutations(TITLES))


def make_translation(title: str, name: str | None = None, **fields: Any) -> BookRecord:
    author = AuthorRecord("OL1A", name or NAMES[title])
    return make_record(source="open_library", source_key=title, title=title, authors=(author,), **fields)


def save(*titles: str) -> None:
    for title in titles:
        ingest([make_translation(title)])


def shown_names(title: str) -> list[str]:
    return [each.shown_name for each in Book.objects.get(title=title).authorships.all()]


def listed_names(client: APIClient, path: str) -> dict[str, list[str]]:
    return {
        row["title"]: [author if isinstance(author, str) else author["name"] for author in row["authors"]]
        for row in client.get(path).json()["results"]
    }


@pytest.mark.parametrize("order", ORDERS)
def test_each_book_shows_the_name_that_its_source_states(client: APIClient, order: tuple[str, ...]) -> None:
    save(*order)

    expected = {title: [name] for title, name in NAMES.items()}
    assert {title: shown_names(title) for title in TITLES} == expected
    assert listed_names(client, "/api/books") == expected
    assert listed_names(client, "/api/books?ordering=title&cursor=") == expected
    for book in Book.objects.all():
        body = client.get(f"/api/books/{book.pk}").json()
        assert body["authors"] == [{"id": Author.objects.get().pk, "name": NAMES[book.title]}]
    assert {row["title"]: row["authors"] for row in read_export(client.get("/api/books/export"))} == NAMES


def test_both_books_in_one_batch() -> None:
    ingest(map(make_translation, TITLES))

    assert Author.objects.get().name == NAMES[TITLES[0]]
    assert {title: shown_names(title) for title in TITLES} == {title: [name] for title, name in NAMES.items()}


@pytest.mark.parametrize("order", ORDERS)
def test_a_repeated_statement_changes_nothing(order: tuple[str, ...]) -> None:
    save(*order)

    assert ingest(map(make_translation, order)) == IngestResult(unchanged=2)
    assert Authorship.objects.exclude(name=None).count() == 1


@pytest.mark.parametrize("order", ORDERS)
def test_another_name_for_a_book_is_an_update(order: tuple[str, ...]) -> None:
    save(*order)

    for name in ("L. Marin", *NAMES.values()):
        record = make_translation("Winter Steppe", name)
        assert ingest([record], dry_run=True) == ingest([record])
        assert shown_names("Winter Steppe") == [name]
        assert ingest([record]) == IngestResult(unchanged=1)
    assert shown_names("Зимняя степь") == [RUSSIAN]


def test_the_longest_name_is_stored() -> None:
    name = "é" * MAX_TEXT["author"]
    save(*TITLES)

    ingest([make_translation("Winter Steppe", name)])

    assert shown_names("Winter Steppe") == [name]


def test_a_renamed_author_keeps_the_new_name_in_books_without_an_own_one() -> None:
    save(*TITLES)
    author = Author.objects.get()
    author.name = "Лев Н. Марин"
    author.save()

    assert ingest(map(make_translation, TITLES)) == IngestResult(unchanged=2)

    assert (shown_names("Зимняя степь"), shown_names("Winter Steppe")) == (["Лев Н. Марин"], [ENGLISH])


def test_no_name_is_stored_if_that_of_the_source_is_unknown() -> None:
    """The author was renamed by a person in an earlier version."""
    Author.objects.create(name="Tolstoy", source="open_library", source_key="OL1A")
    save(*TITLES)

    assert ingest(map(make_translation, TITLES)) == IngestResult(unchanged=2)
    assert {title: shown_names(title) for title in TITLES} == {title: ["Tolstoy"] for title in TITLES}


def test_authors_set_by_a_person_stay(staff_client: APIClient) -> None:
    save(*TITLES)
    ann = Author.objects.create(name="Ann")
    book = Book.objects.get(title="Winter Steppe")
    assert staff_client.patch(f"/api/books/{book.pk}", {"authors": [ann.pk]}).status_code == 200

    assert ingest([make_translation("Winter Steppe", "L. Marin")]) == IngestResult(unchanged=1)

    assert shown_names("Winter Steppe") == ["Ann"]
    assert book.curated_fields.get().source_value == ["L. Marin"]


@pytest.mark.parametrize("order", ORDERS)
def test_authors_that_stay_in_a_put_keep_their_names(staff_client: APIClient, order: tuple[str, ...]) -> None:
    save(*order)
    ann, author = Author.objects.create(name="Ann"), Author.objects.get(source_key="OL1A")
    for title, name in NAMES.items():
        book = Book.objects.get(title=title)
        same = staff_client.patch(f"/api/books/{book.pk}", {"authors": [author.pk]}).json()
        assert [each["name"] for each in same["authors"]] == [name]
        assert not book.curated_fields.exists()
        more = staff_client.patch(f"/api/books/{book.pk}", {"authors": [ann.pk, author.pk]}).json()
        assert [each["name"] for each in more["authors"]] == ["Ann", name]


@pytest.mark.parametrize("author", [*NAMES.values(), "LEO MÁRIN", "лев марин"])
@pytest.mark.parametrize("order", ORDERS)
def test_either_name_finds_all_books_of_the_author(client: APIClient, order: tuple[str, ...], author: str) -> None:
    save(*order)
    ingest([make_record(title="Other", source_key="other", authors=(AuthorRecord("x", "Ann"),))])

    assert set(listed_names(client, f"/api/books?author={author}")) == set(TITLES)
    assert set(listed_names(client, f"/api/books?author={Author.objects.get(source_key='OL1A').pk}")) == set(TITLES)
    assert listed_names(client, "/api/books?author=marin") == {}


@pytest.mark.parametrize("text", ["leo marin", "Лев", "mari", "le"])
@pytest.mark.parametrize("order", ORDERS)
def test_a_part_of_either_name_finds_the_author(client: APIClient, order: tuple[str, ...], text: str) -> None:
    save(*order)
    ingest([make_record(title="Other", source_key="other", authors=(AuthorRecord("x", "Ann"),))])

    found = listed_names(client, f"/api/search?q={text}")
    assert found == {title: [name] for title, name in NAMES.items()}
    assert client.get(f"/api/authors?name={text}").json()["count"] == 1


def test_more_names_than_are_listed_are_found_by_a_scan(client: APIClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("books.search.titles.MAX_SORTED", 0)
    save(*TITLES)

    assert set(listed_names(client, "/api/search?q=leo marin")) == set(TITLES)
