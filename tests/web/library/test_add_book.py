"""Books that people enter by hand, on the page and through the API."""

from io import BytesIO
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image
from pytest_django.fixtures import Settings
from rest_framework.test import APIClient

from books.covers import cache_limit, lifecycle
from books.models import Author, Book, Cover
from tests.support.clients import make_client
from tests.support.factories import make_book, make_curator, make_staff, make_user
from tests.web.pages import BROWSER, get_page, parse, text_of, texts_of
from users.models import LibraryEntry, User

pytestmark = pytest.mark.django_db

ISBN = "978-0-14-118263-6"
FORM = {
    "title": "Family recipes", "authors": "Ann Lee\n\n Bo  Lee ", "isbn": ISBN, "first_publish_year": "1987",
    "status": "read",
}  # fmt: skip


@pytest.fixture(autouse=True)
def _private_files(settings: Settings, tmp_path: Any) -> None:
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": tmp_path}},
    }


def picture() -> SimpleUploadedFile:
    file = BytesIO()
    Image.new("RGB", (300, 450), "navy").save(file, "PNG")
    return SimpleUploadedFile("cover.png", file.getvalue())


def test_a_member_adds_a_book_that_only_its_library_shows(client: Client, reader: User) -> None:
    response = client.post("/book/add", FORM)

    book = Book.objects.get()
    assert response["Location"] == f"/book/{book.pk}/family-recipes"
    assert (book.isbn_13, book.first_publish_year, book.is_published) == ("9780141182636", 1987, False)
    assert [each.shown_name for each in book.authorships.all()] == ["Ann Lee", "Bo Lee"]
    assert not Author.objects.published().exists()
    entry = LibraryEntry.objects.get()
    assert (entry.user, entry.status) == (reader, "read")
    assert "Only you see it until staff publish it." in text_of(get_page(response["Location"], client), ".notice.good")
    assert APIClient().get(f"/api/books/{book.pk}").status_code == 404


def test_an_uploaded_cover_is_shown_and_never_evicted(client: Client, settings: Settings) -> None:
    client.post("/book/add", {**FORM, "cover": picture()})
    book = Book.objects.get()

    settings.COVER_CACHE_MB = 0
    cache_limit.limit_cache()
    assert not lifecycle.evict(Cover.objects.get())
    response = client.get(f"/covers/{book.pk}/240")
    assert response["Content-Type"] == "image/webp"
    assert "public" not in response["Cache-Control"]
    assert Client().get(f"/covers/{book.pk}/240").status_code == 404
    assert book.cover_url is not None
    assert book.cover_url.startswith(f"/covers/{book.pk}/440?v=")


@pytest.mark.parametrize("content", [b"", b"no image", b"<svg/>"])
def test_an_unusable_cover_is_rejected_before_anything_is_saved(client: Client, content: bytes) -> None:
    response = client.post("/book/add", {**FORM, "cover": SimpleUploadedFile("cover.png", content)}, headers=BROWSER)

    assert response.status_code == 422
    assert "is not a complete JPEG, PNG, WebP or GIF image" in text_of(parse(response), ".errorlist")
    assert not Book.objects.exists()


def test_a_cover_over_five_megabytes_is_rejected(client: Client) -> None:
    cover = SimpleUploadedFile("cover.png", b"x" * (5 * 1024**2 + 1))

    response = client.post("/book/add", {**FORM, "cover": cover}, headers=BROWSER)

    assert response.status_code == 422
    assert text_of(parse(response), ".errorlist") == "The image is larger than 5 MB. Choose a smaller one."


@pytest.mark.parametrize(
    ("field", "value"),
    [("title", " "), ("isbn", "123"), ("first_publish_year", "99999"), ("status", "lost"), ("authors", "A\n" * 21)],
)
def test_invalid_values_are_reported_at_their_field(client: Client, field: str, value: str) -> None:
    response = client.post("/book/add", {**FORM, field: value}, headers=BROWSER)

    assert response.status_code == 422
    assert len(texts_of(parse(response), f"#id_{field}_error, .errorlist")) >= 1
    assert not Book.objects.exists()


def test_a_published_book_with_the_isbn_is_named(client: Client, reader: User) -> None:
    book = make_book(title="Odes", isbn_13="9780141182636")

    page = parse(client.post("/book/add", FORM, headers=BROWSER))
    assert page.select(f".errorlist a[href='/book/{book.pk}/odes']")
    response = make_client(reader).post("/api/library/books", {"title": "Odes", "isbn": ISBN})
    assert (response.status_code, response.json()["errors"][0]["code"]) == (422, "exists")


def test_a_hidden_book_with_the_isbn_is_not_named(client: Client) -> None:
    make_book(title="Odes", isbn_13="9780141182636", is_published=False)

    assert client.post("/book/add", FORM).status_code == 302
    assert Book.objects.filter(isbn_13="9780141182636").count() == 2


def test_known_authors_are_linked(client: Client) -> None:
    author = Author.objects.create(name="Ann Lee")

    client.post("/book/add", FORM)

    assert list(Book.objects.get().authors.filter(is_published=True)) == [author]


@pytest.mark.parametrize(
    ("make", "setting", "status", "is_published"),
    [
        (make_user, True, 201, False),
        (make_user, False, 403, None),
        (make_staff, False, 201, False),
        (make_curator, False, 201, True),
    ],
)
def test_who_may_add_books(settings: Settings, make: Any, setting: bool, status: int, is_published: bool) -> None:
    settings.MEMBERS_ADD_BOOKS = setting
    user = make()

    response = make_client(user).post("/api/library/books", {"title": "Family recipes", "authors": ["Ann Lee"]})

    assert response.status_code == status
    assert list(Book.objects.values_list("is_published", flat=True)) == ([] if status == 403 else [is_published])
    browser = Client()
    browser.force_login(user)
    assert browser.get("/book/add", headers=BROWSER).status_code == (200 if status == 201 else 403)


def test_the_api_adds_a_book_to_the_library_that_is_named(settings: Settings, reader: User) -> None:
    client = make_client(reader)
    settings.SHARED_SHELF = True

    response = client.post("/api/library/books?shared=true", {"title": "Recipes", "status": "reading"})

    assert response.status_code == 201
    assert response.json()["status"] == "reading"
    assert response.json()["book"]["is_published"] is False
    assert LibraryEntry.objects.get().user is None
    settings.SHARED_SHELF = False
    assert client.post("/api/library/books?shared=true", {"title": "Recipes"}).status_code == 403
    assert client.post("/api/library/books", {"title": "Recipes", "isbn": "123"}).status_code == 422
    assert client.post("/api/library/books", {"title": "Recipes", "price": "1.00"}).status_code == 422


def test_adding_needs_an_account_and_a_token_against_request_forgery(reader: User) -> None:
    assert APIClient().post("/api/library/books", {"title": "Recipes"}).status_code == 401
    assert Client().post("/book/add", FORM)["Location"] == "/sign-in?next=/book/add"
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(reader)
    assert browser.post("/book/add", FORM).status_code == 403
