"""Images that cannot be fetched: remembered failures, and pauses between attempts."""

from datetime import timedelta
from pathlib import Path

import pytest
from django_tasks_db.models import DBTaskResult
from pytest_django.fixtures import Settings

from books.models import Book, Cover
from tests.books.covers.conftest import Work, list_files, list_states, read_pause, request_covers, wait_out_pause
from tests.fakes.images.app import ImageServer, Reply
from tests.support.factories import make_book
from tests.support.images import SVG, make_jpeg, make_png_bomb

pytestmark = pytest.mark.django_db

FAILURES = {
    "status 404": (Reply(status="404 Not Found"), "The image returned status 404."),
    "status 500": (Reply(status="500 Internal Server Error"), "The image returned status 500."),
    "SVG": (Reply(SVG, content_type="image/jpeg"), "The image is not a complete JPEG, PNG, WebP or GIF image."),
    "HTML": (Reply(b"<!DOCTYPE html><p>No."), "The image is not a complete JPEG, PNG, WebP or GIF image."),
    "truncated": (Reply(make_jpeg()[:600]), "The image is not a complete JPEG, PNG, WebP or GIF image."),
    "bomb": (Reply(make_png_bomb()), "The image has 60000 x 60000 pixels; 20,000,000 are allowed."),
    "endless": (Reply(b"\xff\xd8", endless=100 * 1024 * 1024), "The image is larger than 5 MiB."),
}


@pytest.mark.parametrize("failure", FAILURES)
def test_failure_is_remembered(book: Book, images: ImageServer, work: Work, storage_folder: Path, failure: str) -> None:
    images.replies["/a.jpg"], reason = FAILURES[failure]
    request_covers(book)
    work()

    assert request_covers(book) == ["image/svg+xml"]
    assert DBTaskResult.objects.count() == 1
    assert (list_states(), Cover.objects.get().reason) == (["failed"], reason)
    assert read_pause() == timedelta(hours=1)
    assert list_files(storage_folder) == []


def test_pauses_between_attempts_grow(book: Book, images: ImageServer, work: Work) -> None:
    images.replies.clear()
    pauses = []
    for _ in range(4):
        request_covers(book)
        work()
        pauses.append(read_pause())
        wait_out_pause()

    assert pauses == [timedelta(hours=1), timedelta(days=1), timedelta(days=7), timedelta(days=7)]


def test_failed_image_is_served_after_a_later_success(book: Book, images: ImageServer, work: Work) -> None:
    good = images.replies.pop("/a.jpg")
    request_covers(book)
    work()
    images.replies["/a.jpg"] = good
    wait_out_pause()
    request_covers(book)
    work()

    assert request_covers(book) == ["image/webp"]
    assert (Cover.objects.get().attempts, Cover.objects.get().reason) == (0, "")


def test_private_addresses_need_the_setting(book: Book, images: ImageServer, work: Work, settings: Settings) -> None:
    settings.PRIVATE_ADDRESSES = False
    request_covers(book)
    work()

    assert "private address 127.0.0.1" in Cover.objects.get().reason
    assert images.requests == {}


def test_unwritable_storage_is_a_failure(book: Book, work: Work, settings: Settings) -> None:
    settings.STORAGES = {**settings.STORAGES, "default": {"BACKEND": "tests.support.storages.BrokenStorage"}}
    request_covers(book)
    work()

    assert (list_states(), Cover.objects.get().reason) == (["failed"], "The image could not be stored.")
    assert request_covers(book) == ["image/svg+xml"]


@pytest.mark.parametrize(("status", "is_paused"), [("404 Not Found", False), ("503 Service Unavailable", True)])
def test_other_covers_of_a_failing_host_are_postponed(
    book: Book, images: ImageServer, images_url: str, work: Work, status: str, *, is_paused: bool
) -> None:
    images.replies["/a.jpg"] = Reply(status=status)
    images.replies["/b.jpg"] = Reply(make_jpeg())
    request_covers(book, make_book(cover_url=f"{images_url}/b.jpg"))
    work()

    assert list_states() == ["failed", "waiting" if is_paused else "ready"]
    assert images.requests["/b.jpg"] == (0 if is_paused else 1)
