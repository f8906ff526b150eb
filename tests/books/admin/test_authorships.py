"""The authors of a book in the admin, with the names that the book states."""

from typing import Any

import pytest
from rest_framework.test import APIClient

from books.ingest import IngestResult, ingest
from books.models import Author, Book
from books.records import AuthorRecord
from tests.support.factories import make_record

pytestmark = pytest.mark.django_db
RECORDS = [
    make_record(title=title, source_key=title, authors=(AuthorRecord("1", name),))
    for title, name in (("Зимняя степь", "Лев Марин"), ("Winter Steppe", "Leo Marin"))
]


@pytest.fixture
def translation(db: None) -> Book:
    ingest(RECORDS)
    return Book.objects.get(title="Winter Steppe")


def save_authorship(client: APIClient, book: Book, **changes: Any) -> None:
    path = f"/admin/books/book/{book.pk}/change/"
    page: Any = client.get(path)
    assert page.status_code == 200
    forms = [
        page.context["adminform"].form,
        *(each.formset.management_form for each in page.context["inline_admin_formsets"]),
    ]
    forms += [form for each in page.context["inline_admin_formsets"] for form in each.formset.initial_forms]
    values = {field.html_name: field.value() for form in forms for field in form}
    initial = {
        field.html_initial_name: field.initial for form in forms for field in form if field.field.show_hidden_initial
    }
    values = {**initial, **values, **{f"authorships-0-{name}": value for name, value in changes.items()}}
    response = client.post(
        path, {name: value for name, value in values.items() if value is not None}, format="multipart"
    )
    assert response.status_code == 302, response.content.decode()


def shown_names() -> dict[str, str]:
    return {book.title: book.authorships.get().shown_name for book in Book.objects.all()}


def test_the_page_shows_the_name_in_the_book(staff_client: APIClient, translation: Book) -> None:
    page = staff_client.get(f"/admin/books/book/{translation.pk}/change/").content.decode()

    assert 'name="authorships-0-name" value="Leo Marin"' in page
    assert "Leo Marin (Winter Steppe)" in page


def test_saving_the_page_changes_no_authors(staff_client: APIClient, translation: Book) -> None:
    save_authorship(staff_client, translation)

    assert shown_names()["Winter Steppe"] == "Leo Marin"
    assert not translation.curated_fields.exists()


@pytest.mark.parametrize(("name", "shown"), [("L. Marin", "L. Marin"), ("", "Лев Марин")])
def test_a_changed_name_is_curated(staff_client: APIClient, translation: Book, name: str, shown: str) -> None:
    save_authorship(staff_client, translation, name=name)

    assert ingest(RECORDS) == IngestResult(unchanged=2)
    assert shown_names()["Winter Steppe"] == shown
    assert [(each.field, each.source_value) for each in translation.curated_fields.all()] == [
        ("authors", ["Leo Marin"])
    ]


def test_another_author_does_not_get_the_name(staff_client: APIClient, translation: Book) -> None:
    save_authorship(staff_client, translation, author=Author.objects.create(name="Ann").pk)

    assert shown_names()["Winter Steppe"] == "Ann"


def test_an_author_is_renamed_in_the_books_without_an_own_name(staff_client: APIClient, translation: Book) -> None:
    author = Author.objects.get()
    form = {"name": "Толстой", "source": author.source, "source_key": author.source_key}
    response = staff_client.post(f"/admin/books/author/{author.pk}/change/", form, format="multipart")
    assert response.status_code == 302, response.content.decode()

    assert ingest(RECORDS) == IngestResult(unchanged=2)

    assert shown_names() == {"Зимняя степь": "Толстой", "Winter Steppe": "Leo Marin"}


@pytest.mark.parametrize(("text", "number"), [("leo", 1), ("Лев", 2), ("leo лев", 1), ("ann", 0)])
def test_the_list_finds_books_by_both_names(staff_client: APIClient, translation: Book, text: str, number: int) -> None:
    page: Any = staff_client.get("/admin/books/book/", {"q": text})

    assert page.context["cl"].result_count == number
