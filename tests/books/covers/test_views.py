"""The route of covers: placeholder, image, HTTP caching."""

from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from django.db import OperationalError, connection
from django.db.models.functions import Now
from django.test import Client
from django_tasks_db.models import DBTaskResult
from pytest_django.fixtures import Settings

from books.covers import views
from books.covers.addresses import cover_address
from books.covers.widths import WIDTHS
from books.models import Book, Cover
from tests.books.covers.conftest import Work, list_files, list_states
from tests.fakes.images.app import ImageServer, Reply
from tests.support.factories import make_book
from tests.support.images import BLUE, decode, is_near, make_jpeg

pytestmark = pytest.mark.django_db

IMMUTABLE = "public, max-age=31536000, immutable"


@pytest.fixture
def book(images: ImageServer, images_url: str) -> Book:
    images.replies["/a.jpg"] = Reply(make_jpeg())
    return make_book(title="Odes", cover_url=f"{images_url}/a.jpg")


@pytest.fixture
def ready_book(book: Book, work: Work) -> Book:
    Client().get(f"/covers/{book.pk}/240")
    work()
    return book


def test_first_request_gets_a_placeholder_and_queues_the_image(book: Book, images: ImageServer) -> None:
    response = Client().get(f"/covers/{book.pk}/240")

    assert response["Content-Type"] == "image/svg+xml"
    assert response["Cache-Control"] == "no-cache"
    assert response["Content-Security-Policy"] == "default-src 'none'; style-src 'unsafe-inline'"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert ET.fromstring(response.content).get("width") == "240"
    assert images.requests == {}  # the request has not waited for the source
    assert DBTaskResult.objects.ready().count() == 1


@pytest.mark.parametrize(("width", "size"), [(120, (120, 180)), (240, (240, 360)), (440, (300, 450))])
def test_image_is_served_in_each_width(ready_book: Book, width: int, size: tuple[int, int]) -> None:
    response = Client().get(f"/covers/{ready_book.pk}/{width}")

    image = decode(response.content)
    assert (response["Content-Type"], image.format, image.size) == ("image/webp", "WEBP", size)
    assert response["Content-Length"] == str(len(response.content))
    assert response["X-Content-Type-Options"] == "nosniff"


def test_image_is_immutable_at_its_current_address_only(ready_book: Book) -> None:
    current = cover_address(ready_book, 240)
    assert current.startswith(f"/covers/{ready_book.pk}/240?v=")

    policies = [Client().get(url)["Cache-Control"] for url in (current, current.partition("?")[0], f"{current}0")]

    assert policies == [IMMUTABLE, "no-cache", "no-cache"]


def test_unchanged_image_is_not_sent_again(ready_book: Book) -> None:
    address = cover_address(ready_book, 240)
    etag = Client().get(address)["ETag"]

    response = Client(headers={"If-None-Match": etag}).get(address)

    assert not etag.startswith("W/")
    assert (response.status_code, response.content, response["ETag"]) == (304, b"", etag)
    assert response["Cache-Control"] == IMMUTABLE
    assert Client(headers={"If-None-Match": etag}).get(f"/covers/{ready_book.pk}/440").status_code == 200


def test_head_returns_the_headers_of_get(ready_book: Book) -> None:
    address = cover_address(ready_book, 240)
    head, get = Client().head(address), Client().get(address)

    assert head.content == b""
    for name in ("Content-Type", "Content-Length", "ETag", "Cache-Control"):
        assert head[name] == get[name]


@pytest.mark.parametrize("path", ["/covers/{pk}/300", "/covers/{pk}/0", "/covers/999999/240", f"/covers/{2**70}/240"])
def test_unknown_widths_and_books_are_not_found(book: Book, path: str) -> None:
    response = Client().get(path.format(pk=book.pk))

    assert response.status_code == 404
    assert response["Content-Type"] == "application/problem+json"


def test_book_without_cover_gets_a_placeholder() -> None:
    response = Client().get(f"/covers/{make_book(title='Odes').pk}/120")

    assert response["Content-Type"] == "image/svg+xml"
    assert not Cover.objects.exists()


def test_changed_cover_url_is_fetched(ready_book: Book, images: ImageServer, images_url: str, work: Work) -> None:
    before = cover_address(ready_book, 240)
    images.replies["/b.jpg"] = Reply(make_jpeg(BLUE))
    ready_book.cover_url = f"{images_url}/b.jpg"
    ready_book.save()

    assert Client().get(before)["Content-Type"] == "image/svg+xml"
    work()

    response = Client().get(cover_address(ready_book, 240))
    assert cover_address(ready_book, 240) != before
    assert is_near(decode(response.content).getpixel((50, 50)), BLUE)


def test_lost_file_is_fetched_again_after_a_pause(
    ready_book: Book, images: ImageServer, storage_folder: Path, work: Work, monkeypatch: pytest.MonkeyPatch
) -> None:
    for path in list_files(storage_folder):
        path.unlink()

    assert Client().get(f"/covers/{ready_book.pk}/240")["Content-Type"] == "image/svg+xml"
    Client().get(f"/covers/{ready_book.pk}/240")
    assert list_states() == ["evicted"]
    Cover.objects.update(not_before=Now())
    Client().get(f"/covers/{ready_book.pk}/240")
    work()

    assert Client().get(f"/covers/{ready_book.pk}/240")["Content-Type"] == "image/webp"
    assert images.requests["/a.jpg"] == 2


def test_unreadable_storage_gives_a_placeholder(ready_book: Book, settings: Settings) -> None:
    storage = {"BACKEND": "tests.support.storages.BrokenStorage"}
    settings.STORAGES = {**settings.STORAGES, "default": storage}

    response = Client().get(f"/covers/{ready_book.pk}/240")

    assert (response.status_code, response["Content-Type"]) == (200, "image/svg+xml")
    assert list_states() == ["ready"]


def test_database_that_cannot_be_written_gives_a_placeholder(book: Book) -> None:
    def refuse_writes(execute, sql, *arguments):  # type: ignore[no-untyped-def]
        if not sql.startswith("SELECT"):
            raise OperationalError("database or disk is full")
        return execute(sql, *arguments)

    with connection.execute_wrapper(refuse_writes):
        response = Client().get(f"/covers/{book.pk}/240")

    assert (response.status_code, response["Content-Type"]) == (200, "image/svg+xml")


def test_cover_of_the_api_stays_the_link_of_the_source(ready_book: Book, images_url: str) -> None:
    assert Client().get(f"/api/books/{ready_book.pk}").json()["cover_url"] == f"{images_url}/a.jpg"


def test_all_widths_are_stored_at_once(ready_book: Book, storage_folder: Path) -> None:
    assert len(list_files(storage_folder)) == len(WIDTHS)
    assert Cover.objects.get().size == sum(path.stat().st_size for path in list_files(storage_folder))
    assert views.IMMUTABLE == IMMUTABLE
