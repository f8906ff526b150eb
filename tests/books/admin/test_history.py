"""The history of a book in the admin: reverting to an earlier version."""

from decimal import Decimal
from typing import Any

import pytest
from django.contrib import admin
from django.db.models import Model
from rest_framework.test import APIClient
from simple_history.admin import SimpleHistoryAdmin

from books.ingest import ingest
from books.models import SUMMARY_FIELDS, Book, CuratedField
from core.admin_mixins import HistoryAdmin
from tests.support.factories import make_book, make_category, make_record, make_staff

pytestmark = pytest.mark.django_db
DESCRIPTION = "First line\nsecond line"


@pytest.fixture
def book(staff_client: APIClient) -> Book:
    """Entered with a source's values, then changed by a person, then by its source."""
    record = {"source_key": "upc-1", "price": Decimal("10.00"), "rating": 4, "languages": ["eng"]}
    book = make_book(
        title="Original", source="books_to_scrape", category=make_category("Poetry"), currency="GBP", stock=3,
        description=DESCRIPTION, in_stock=True, authors=["Ann"], **record,
    )  # fmt: skip
    changes: dict[str, Any] = {
        "title": "Vandalised",
        "price": "1.00",
        "description": "Changed",
        "category": None,
        "languages": [],
    }
    assert staff_client.patch(f"/api/books/{book.pk}", changes).status_code == 200
    assert ingest([make_record(**{**record, "stock": 2, "description": DESCRIPTION})]).updated == 1
    book.refresh_from_db()
    return book


def version_path(book: Book, *, number: int = 0) -> str:
    """The page of a version of the book; 0 is the first."""
    version = book.history.order_by("history_id")[number]
    return f"/admin/books/book/{book.pk}/history/{version.pk}/"


def load_version(client: APIClient, path: str, **changes: Any) -> dict[str, Any]:
    """The inputs of the version's page, as a browser sends them."""
    form = client.get(path).context["adminform"].form
    values = {form[name].html_name: form[name].value() for name in form.fields}
    values |= {form[name].html_initial_name: form[name].value() for name in form.fields}
    sent = {name: "" if value is None else str(value).replace("\n", "\r\n") for name, value in values.items()}
    return {**sent, "_save": "Revert", **changes}


def revert(client: APIClient, path: str, **changes: Any) -> Any:
    return client.post(path, load_version(client, path, **changes), format="multipart", follow=True)


def stored_row(book: Book) -> dict[str, Any]:
    return dict(Book.objects.values().get(pk=book.pk))


def test_reverting_restores_the_version(staff_client: APIClient, book: Book) -> None:
    response = revert(staff_client, version_path(book))

    assert "was changed successfully" in response.content.decode()
    row = stored_row(book)
    assert (row["title"], row["title_key"], row["price"]) == ("Original", "original", Decimal("10.00"))
    assert (row["description"], row["stock"], row["languages"]) == (DESCRIPTION, 3, ["eng"])
    assert Book.objects.get().category == make_category("Poetry")
    assert [author.name for author in book.authors.all()] == ["Ann"]  # versions do not contain authors


def test_a_revert_is_a_true_entry_of_the_history(staff_client: APIClient, book: Book) -> None:
    entries = book.history.count()

    revert(staff_client, version_path(book))

    assert book.history.count() == entries + 1
    newest, row = book.history.latest(), stored_row(book)
    derived = {"title_key", *SUMMARY_FIELDS}
    assert {name: getattr(newest, name) for name in row if name not in derived} == {
        name: value for name, value in row.items() if name not in derived
    }
    assert newest.history_user.email == "staff@example.org"
    assert newest.history_change_reason == (
        "category: nothing → Poetry; description: Changed → First line second line; languages: nothing → eng; "
        "price: 1.00 → 10.00; stock: 2 → 3; title: Vandalised → Original"
    )


def test_reverted_fields_are_curated(staff_client: APIClient, book: Book) -> None:
    CuratedField.objects.all().delete()

    revert(staff_client, version_path(book))

    fields = set(CuratedField.objects.values_list("field", flat=True))
    assert fields == {"title", "price", "currency", "description", "category", "stock", "languages"}
    ingest([make_record(source_key="upc-1", title="Another title")])
    assert stored_row(book)["title"] == "Original"


def test_inputs_that_were_changed_before_the_revert_are_saved(staff_client: APIClient, book: Book) -> None:
    revert(staff_client, version_path(book), title="Corrected")

    assert (stored_row(book)["title"], stored_row(book)["price"]) == ("Corrected", Decimal("10.00"))


def test_an_equal_version_changes_nothing(staff_client: APIClient, book: Book) -> None:
    revert(staff_client, version_path(book))
    row, entries, curated = stored_row(book), book.history.count(), CuratedField.objects.count()

    response = revert(staff_client, version_path(book))

    assert "the version equals the current state" in response.content.decode()
    assert (stored_row(book), book.history.count(), CuratedField.objects.count()) == (row, entries, curated)


def test_a_version_that_cannot_be_saved_is_explained(staff_client: APIClient, book: Book) -> None:
    row, entries = stored_row(book), book.history.count()

    response = revert(staff_client, version_path(book), currency="")

    assert "The version cannot be restored." in response.content.decode()
    assert "State a price and its currency together, or neither." in response.content.decode()
    assert (stored_row(book), book.history.count()) == (row, entries)


@pytest.mark.parametrize(
    ("permissions", "status"), [((), 403), (("books.view_book",), 200), (("books.add_book", "books.delete_book"), 403)]
)
def test_reverting_requires_the_permission_to_change(
    staff_client: APIClient, book: Book, permissions: tuple[str, ...], status: int
) -> None:
    path = version_path(book)
    form, row, entries = load_version(staff_client, path, title="Defaced"), stored_row(book), book.history.count()
    client = APIClient()
    client.force_login(make_staff(*permissions))

    assert client.get(path).status_code == status
    assert client.post(path, form, format="multipart").status_code == 403
    assert client.post(f"{path}?_popup=1", {**form, "_change_history": "1"}, format="multipart").status_code == 403
    assert (stored_row(book), book.history.count()) == (row, entries)
    client.force_login(make_staff("books.change_book"))
    assert client.post(path, form, format="multipart").status_code == 302
    assert stored_row(book)["title"] == "Defaced"


@pytest.mark.parametrize(
    ("model", "model_admin"), [pytest.param(*entry, id=entry[0].__name__) for entry in admin.site._registry.items()]
)
def test_every_history_uses_this_revert(model: type[Model], model_admin: admin.ModelAdmin[Any]) -> None:
    assert isinstance(model_admin, SimpleHistoryAdmin) is hasattr(model, "history")
    assert isinstance(model_admin, HistoryAdmin) is hasattr(model, "history")


def test_deleted_books_are_not_restored(staff_client: APIClient) -> None:
    book = make_book()
    path = version_path(book)
    form = load_version(staff_client, path)
    Book.objects.all().delete()

    assert staff_client.post(path, form, format="multipart").status_code == 404
    assert not Book.objects.exists()


@pytest.mark.parametrize(
    "path", ["x/history/", "x/history/1/", "{pk}/history/x/", "{pk}/history/9999/", "0/history/1/"]
)
def test_unknown_versions_are_404(staff_client: APIClient, book: Book, path: str) -> None:
    path = f"/admin/books/book/{path.format(pk=book.pk)}"

    assert staff_client.get(path).status_code == 404
    assert staff_client.post(path, {"title": "x"}, format="multipart").status_code == 404


def test_the_page_of_a_version_says_what_reverting_does(staff_client: APIClient, book: Book) -> None:
    page = staff_client.get(version_path(book)).content.decode()

    assert "<em>Revert</em> saves these values as a new change." in page
    assert "Historical books" not in page
    assert "of the object" not in page
    assert ">None<" not in page
