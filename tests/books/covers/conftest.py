"""A server of images, a storage in a temporary folder, and a worker that the tests call."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from django.db.models import F
from django.db.models.functions import Now
from django.test import Client
from django_tasks_db.models import DBTaskResult
from pytest_django.fixtures import Settings

from books.covers import host_rate, tasks
from books.models import Book, Cover
from tests.fakes.images.app import ImageServer, Reply
from tests.fakes.shop.server import serving
from tests.support.factories import make_book
from tests.support.images import make_jpeg

Work = Callable[[], None]


@pytest.fixture(autouse=True)
def storage_folder(settings: Settings, tmp_path: Path) -> Path:
    folder = tmp_path / "files"
    storage = {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": folder}}
    settings.STORAGES = {**settings.STORAGES, "default": storage}
    return folder


@pytest.fixture
def images() -> ImageServer:
    return ImageServer()


@pytest.fixture
def images_url(images: ImageServer) -> Iterator[str]:
    with serving(images) as url:
        yield url.removesuffix("/")


@pytest.fixture
def work(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Work:
    """Executes the waiting tasks, without the pauses between requests."""
    monkeypatch.setattr(host_rate, "DEFAULT_DELAY", 0.0)
    settings.PRIVATE_ADDRESSES = True

    def execute() -> None:
        for waiting in DBTaskResult.objects.ready():
            waiting.claim("worker")
            tasks.fetch.call(*waiting.args_kwargs["args"])

    return execute


def list_states() -> list[str]:
    return list(Cover.objects.order_by("pk").values_list("state", flat=True))


def list_files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def request_covers(*books: Book) -> list[str]:
    """Requests each cover. Returns the content types."""
    return [Client().get(f"/covers/{book.pk}/240")["Content-Type"] for book in books]


def wait_out_pause() -> None:
    Cover.objects.update(not_before=Now())


def read_pause() -> timedelta:
    """The rest of the pause of the only cover, rounded to minutes."""
    pause = Cover.objects.annotate(pause=F("not_before") - Now()).get().pause
    return timedelta(minutes=round(pause / timedelta(minutes=1)))


@pytest.fixture
def book(images: ImageServer, images_url: str) -> Book:
    images.replies["/a.jpg"] = Reply(make_jpeg())
    return make_book(title="Odes", cover_url=f"{images_url}/a.jpg")
