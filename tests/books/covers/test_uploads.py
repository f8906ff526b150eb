"""Covers that staff upload through the API, and the deletion of unused ones."""

from datetime import timedelta
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.db.models import F
from django.test import RequestFactory
from pytest_django.fixtures import Settings
from rest_framework.test import APIClient

from books.api.change_serializers import PriceChangeSerializer
from books.covers.lifecycle import hash_url
from books.covers.tasks import find_or_request
from books.covers.uploads import delete_unused_uploads
from books.ingest import ingest
from books.models import Book, Cover
from books.records import BookRecord
from tests.books.covers.conftest import list_files
from tests.support.book_form import load_form, save_form
from tests.support.clients import make_client
from tests.support.factories import make_book, make_curator, make_staff
from tests.support.images import BLUE, RED, SVG, decode, is_near, make_jpeg
from users.models import User

pytestmark = pytest.mark.django_db
SOURCE_COVER = "https://shop.example/1.jpg"


@pytest.fixture
def curator() -> User:
    return make_curator(name="Ben")


@pytest.fixture
def client(curator: User) -> APIClient:
    return make_client(curator)


@pytest.fixture
def book() -> Book:
    ingest([BookRecord(source="books_to_scrape", source_key="upc-1", title="Odes", cover_url=SOURCE_COVER)])
    return Book.objects.get()


def upload(client: APIClient, book: Book, body: bytes, **headers: str) -> Any:
    file = SimpleUploadedFile("cover.jpg", body)
    return client.put(f"/api/books/{book.pk}/cover", {"file": file}, format="multipart", headers=headers)


def age_covers() -> None:
    Cover.objects.update(used_at=F("used_at") - timedelta(days=2))


def test_an_uploaded_cover_is_shown_at_the_host_of_each_request(client: APIClient, book: Book) -> None:
    response = upload(client, book, make_jpeg(BLUE))

    assert response.status_code == 200
    url = response.json()["cover_url"]
    assert url.startswith(f"http://testserver/covers/{book.pk}/440?v=")
    image = APIClient().get(url)
    assert image["Cache-Control"] == "public, max-age=31536000, immutable"
    assert is_near(decode(image.content).convert("RGB").getpixel((9, 9)), BLUE)
    for host in ("testserver", "localhost"):
        path = url.replace("http://testserver", f"http://{host}")
        for address in ("/api/books", f"/api/books/{book.pk}", "/api/books/search?title=odes"):
            body = APIClient().get(address, headers={"Host": host}).json()
            assert (body["results"][0] if "results" in body else body)["cover_url"] == path
    assert APIClient().get("/api/search?q=odes").json()["results"][0]["cover_url"]["large"] == url


def test_price_changes_have_the_url_of_the_cover(rf: RequestFactory) -> None:
    path = "/covers/1/440?v=0123456789ab"
    row: Any = {"book": {"cover_url": path}}

    shown = PriceChangeSerializer(row, context={"request": rf.get("/")}).data

    assert shown["book"] == {"cover_url": f"http://testserver{path}"}


def test_the_source_does_not_overwrite_an_uploaded_cover_until_it_is_removed(
    client: APIClient, book: Book, curator: User
) -> None:
    upload(client, book, make_jpeg())
    newer = BookRecord(source="books_to_scrape", source_key="upc-1", title="Odes", cover_url=f"{SOURCE_COVER}?2")
    ingest([newer])
    book.refresh_from_db()
    assert str(book.cover_url).startswith(f"/covers/{book.pk}/")
    assert book.curated_fields.get().by == curator

    assert client.delete(f"/api/books/{book.pk}/cover").status_code == 204

    book.refresh_from_db()
    assert book.cover_url == f"{SOURCE_COVER}?2"
    assert not book.curated_fields.exists()
    response = client.delete(f"/api/books/{book.pk}/cover")
    assert (response.status_code, response.json()["detail"]) == (404, "The book has no uploaded cover.")


def test_the_url_of_a_book_can_be_sent_back(client: APIClient, book: Book) -> None:
    url = upload(client, book, make_jpeg()).json()["cover_url"]

    response = client.patch(f"/api/books/{book.pk}", {"title": "Epodes", "cover_url": url}, format="json")

    assert (response.status_code, response.json()["cover_url"]) == (200, url)
    book.refresh_from_db()
    assert str(book.cover_url).startswith("/covers/")


@pytest.mark.parametrize("value", ["/covers/1/440?v=0123456789ab", "/etc/passwd", "covers/1/440"])
def test_a_path_is_no_url_of_a_cover(client: APIClient, book: Book, value: str) -> None:
    response = client.patch(f"/api/books/{book.pk}", {"cover_url": value}, format="json")

    assert response.status_code == 422
    assert response.json()["errors"][0]["pointer"] == "/cover_url"


@pytest.mark.parametrize("body", [b"", b"no image", SVG])
def test_an_unusable_image_is_rejected(client: APIClient, book: Book, body: bytes) -> None:
    response = upload(client, book, body)

    assert response.status_code == 422
    assert response.json()["errors"][0]["detail"].startswith("The image is not a complete JPEG")
    assert not Cover.objects.exists()


def test_an_image_over_five_megabytes_is_rejected(client: APIClient, book: Book) -> None:
    response = upload(client, book, b"x" * (5 * 1024**2 + 1))

    assert response.status_code == 413
    assert response.json()["detail"] == "The image is larger than 5 MB. Choose a smaller one."


def test_an_upload_needs_the_file_and_the_permission_to_change_books(client: APIClient, book: Book) -> None:
    response = client.put(f"/api/books/{book.pk}/cover", {}, format="multipart")
    assert (response.status_code, response.json()["errors"][0]["pointer"]) == (422, "/file")
    assert client.put(f"/api/books/{book.pk}/cover", {"file": "x"}, format="json").status_code == 415
    assert client.put("/api/books/999999/cover", {}, format="multipart").status_code == 404
    changer = make_client(make_staff("books.change_book"))
    assert upload(changer, book, make_jpeg()).status_code == 200
    assert changer.delete(f"/api/books/{book.pk}/cover").status_code == 204
    assert upload(make_client(make_staff("books.delete_book")), book, make_jpeg()).status_code == 403


def test_a_storage_that_fails_is_reported_and_changes_nothing(
    client: APIClient, book: Book, storage_folder: Path
) -> None:
    storage_folder.write_bytes(b"not a folder")

    response = upload(client, book, make_jpeg())

    assert response.status_code == 503
    book.refresh_from_db()
    assert book.cover_url == SOURCE_COVER


def test_unused_uploads_are_deleted_after_a_day(client: APIClient, book: Book, storage_folder: Path) -> None:
    upload(client, book, make_jpeg(RED))
    upload(client, book, make_jpeg(BLUE))
    delete_unused_uploads()
    assert len(list_files(storage_folder)) == 6

    age_covers()
    delete_unused_uploads()

    book.refresh_from_db()
    assert Cover.objects.get().url == book.cover_url
    assert len(list_files(storage_folder)) == 3
    book.delete()
    delete_unused_uploads()
    assert not Cover.objects.exists()
    assert list_files(storage_folder) == []


def test_images_that_the_storage_cannot_delete_are_counted(
    client: APIClient, book: Book, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    upload(client, book, make_jpeg(RED))
    book.delete()
    age_covers()
    settings.STORAGES = {**settings.STORAGES, "default": {"BACKEND": "tests.support.storages.BrokenStorage"}}

    assert delete_unused_uploads() == 1

    assert not Cover.objects.exists()
    assert "StorageIsDown" in caplog.text
    assert delete_unused_uploads() == 0


def test_an_image_that_is_uploaded_again_is_not_deleted(client: APIClient, book: Book, storage_folder: Path) -> None:
    for color in (RED, BLUE):
        upload(client, book, make_jpeg(color))
    age_covers()

    upload(client, book, make_jpeg(RED))
    delete_unused_uploads()

    book.refresh_from_db()
    assert Cover.objects.get().url == book.cover_url
    assert APIClient().get(str(book.cover_url))["Content-Type"] == "image/webp"


def test_a_lost_upload_is_not_fetched(settings: Settings) -> None:
    settings.COVER_CACHE_MB = 100

    assert find_or_request("/covers/1/440?v=0123456789ab") is None
    assert not Cover.objects.exists()


def test_the_admin_saves_a_book_with_an_uploaded_cover(client: APIClient, book: Book, curator: User) -> None:
    upload(client, book, make_jpeg())
    book.refresh_from_db()
    client.force_login(curator)

    save_form(client, book, title="Epodes")

    assert list(Book.objects.values_list("title", "cover_url")) == [("Epodes", book.cover_url)]
    other = make_book(title="Epodes")
    form = load_form(client, other, cover_url=book.cover_url)
    response = client.post(f"/admin/books/book/{other.pk}/change/", form, format="multipart")
    assert "This is the uploaded cover of another book." in response.content.decode()


def test_urls_of_earlier_uploads_become_paths() -> None:
    book = make_book()
    url = f"http://old.example/covers/{book.pk}/440"
    Book.objects.update(cover_url=url)
    cover = Cover.objects.create(
        url=url, url_hash=hash_url(url), state="ready", digest="0123456789abcdef", is_uploaded=True
    )

    migration = import_module("books.migrations.0033_paths_of_uploaded_covers")
    migration.store_paths(apps, connection.schema_editor())

    book.refresh_from_db()
    cover.refresh_from_db()
    assert book.cover_url == cover.url == f"/covers/{book.pk}/440?v=0123456789ab"
    assert cover.url_hash == hash_url(cover.url)
