"""The limit of the total size of the stored covers."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db.models import F
from django.db.models.functions import Now
from django.test import Client
from pytest_django.fixtures import Settings

from books.covers.cache_limit import limit_cache
from books.models import Book, Cover
from tests.books.covers.conftest import Work, list_files, list_states
from tests.fakes.images.app import ImageServer, Reply
from tests.support.factories import make_book
from tests.support.images import make_jpeg

pytestmark = pytest.mark.django_db


@pytest.fixture
def books(images: ImageServer, images_url: str, work: Work) -> list[Book]:
    """Three books with stored covers that count as 400 KB each. The second one was used longest ago."""
    images.replies |= {f"/{number}.jpg": Reply(make_jpeg(size=(300, 400 + number))) for number in range(3)}
    books = [make_book(cover_url=f"{images_url}/{number}.jpg") for number in range(3)]
    request_covers(books)
    work()
    Cover.objects.update(size=400 * 1024)
    Cover.objects.filter(url=books[1].cover_url).update(used_at=Now() - timedelta(hours=2))
    return books


def request_covers(books: list[Book]) -> list[str]:
    return [Client().get(f"/covers/{book.pk}/120")["Content-Type"].removeprefix("image/") for book in books]


def test_least_recently_used_cover_is_deleted(settings: Settings, books: list[Book], storage_folder: Path) -> None:
    settings.COVER_CACHE_MB = 1

    limit_cache()

    assert list_states() == ["ready", "evicted", "ready"]
    evicted = Cover.objects.get(state="evicted")
    assert len(list_files(storage_folder)) == 6
    assert not [path for path in list_files(storage_folder) if path.name.startswith(f"{evicted.pk}-")]


def test_use_keeps_a_cover(settings: Settings, books: list[Book]) -> None:
    settings.COVER_CACHE_MB = 1
    request_covers(books[1:2])
    Cover.objects.exclude(url=books[1].cover_url).update(used_at=F("used_at") - timedelta(minutes=1))

    limit_cache()

    assert Cover.objects.get(url=books[1].cover_url).state == "ready"


def test_deleted_cover_is_fetched_again_on_request(settings: Settings, books: list[Book], work: Work) -> None:
    settings.COVER_CACHE_MB = 1
    limit_cache()

    assert request_covers(books) == ["webp", "svg+xml", "webp"]
    work()

    assert request_covers(books) == ["webp"] * 3


def test_storing_a_cover_keeps_to_the_limit(
    settings: Settings, books: list[Book], images: ImageServer, images_url: str, work: Work
) -> None:
    settings.COVER_CACHE_MB = 1
    images.replies["/new.jpg"] = Reply(make_jpeg())
    request_covers([make_book(cover_url=f"{images_url}/new.jpg")])
    work()

    assert list_states() == ["ready", "evicted", "ready", "ready"]


def test_cache_within_the_limit_is_left_alone(settings: Settings, books: list[Book]) -> None:
    settings.COVER_CACHE_MB = 2

    limit_cache()

    assert list_states() == ["ready"] * 3


def test_switched_off_cache_is_emptied(settings: Settings, books: list[Book], storage_folder: Path) -> None:
    settings.COVER_CACHE_MB = 0

    limit_cache()

    assert list_states() == ["evicted"] * 3
    assert list_files(storage_folder) == []


def test_storage_that_cannot_delete_makes_the_job_fail_at_its_end(
    settings: Settings, books: list[Book], caplog: pytest.LogCaptureFixture
) -> None:
    settings.COVER_CACHE_MB = 0
    settings.STORAGES = {**settings.STORAGES, "default": {"BACKEND": "tests.support.storages.BrokenStorage"}}

    with pytest.raises(CommandError, match=r"limit_cover_cache \(ImagesNotDeleted: .* did not delete: 3;"):
        call_command("run_due")

    assert list_states() == ["evicted"] * 3
    assert caplog.text.count("StorageIsDown: The storage is down.") == 3
