"""Fetching covers in the background: one fetch for many requests, waiting covers, lost tasks and dead workers."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from threading import Barrier

import django_rq
import pytest
from django.db import connection, connections
from django.db.models.functions import Now
from django_tasks_db.models import DBTaskResult
from pytest_django.fixtures import Settings

from books.covers import lifecycle, tasks
from books.models import Book, Cover
from scraping.tasks import start_in_background
from tests.books.covers.conftest import Work, list_files, list_states, request_covers, wait_out_pause
from tests.fakes.images.app import ImageServer, Reply
from tests.scraping.runs.test_worker import start_worker, wait_until
from tests.support.apps import ALL_APPS
from tests.support.factories import make_book
from tests.support.images import make_jpeg
from tests.support.installation import Installation
from tests.support.redis_server import IS_INSTALLED, run_redis_server
from tests.support.service_process import free_port

pytestmark = pytest.mark.django_db

CRAWL_FIRST = ["scraping.tasks.crawl", "books.covers.tasks.fetch"]
QUEUE_OPTIONS = {"SERIALIZER": "rq.serializers.JSONSerializer", "QUEUE_CLASS": "core.redis_queue.Queue"}


def test_many_requests_enqueue_one_task(book: Book, images: ImageServer, work: Work) -> None:
    same_image = make_book(title="Odes, second edition", cover_url=book.cover_url)

    request_covers(book, same_image, book, same_image)
    assert DBTaskResult.objects.count() == 1
    work()

    assert request_covers(book, same_image) == ["image/webp"] * 2
    assert images.requests["/a.jpg"] == 1


def test_covers_are_not_fetched_if_the_cache_is_switched_off(book: Book, settings: Settings) -> None:
    settings.COVER_CACHE_MB = 0

    assert request_covers(book) == ["image/svg+xml"]
    assert list_states() == []


def test_crawls_are_executed_before_covers(book: Book) -> None:
    request_covers(book)
    start_in_background(site="books_to_scrape", trigger="api")

    assert [task.task_path for task in DBTaskResult.objects.ready()] == CRAWL_FIRST


@pytest.mark.skipif(not IS_INSTALLED, reason="redis-server is not installed")
def test_crawls_are_executed_before_covers_by_workers_of_redis(book: Book, settings: Settings, tmp_path: Path) -> None:
    with run_redis_server(free_port(), tmp_path) as url:
        settings.RQ_QUEUES = {"default": {**QUEUE_OPTIONS, "URL": url}}
        settings.TASKS = {"default": {"BACKEND": "core.redis_queue.Backend"}}
        request_covers(book)
        start_in_background(site="books_to_scrape", trigger="api")

        jobs = django_rq.get_queue("default").get_jobs()
        assert [job.func_name for job in jobs] == CRAWL_FIRST


def test_number_of_waiting_covers_is_limited(book: Book, monkeypatch: pytest.MonkeyPatch, work: Work) -> None:
    monkeypatch.setattr(tasks, "MAX_WAITING", 1)
    other = make_book(cover_url=f"{book.cover_url}?other")

    request_covers(book, other)
    assert list_states() == ["waiting"]
    work()
    request_covers(other)

    assert list_states() == ["ready", "waiting"]


def test_second_task_of_a_cover_fetches_nothing(book: Book, images: ImageServer, work: Work) -> None:
    request_covers(book)
    tasks.enqueue(Cover.objects.get())
    work()

    assert images.requests["/a.jpg"] == 1


@pytest.mark.parametrize("is_taken", [True, False])
def test_cover_whose_task_is_lost_is_enqueued_again(book: Book, work: Work, *, is_taken: bool) -> None:
    request_covers(book)
    if is_taken:
        DBTaskResult.objects.get().claim("worker")
    else:
        DBTaskResult.objects.all().delete()

    tasks.recover_covers()
    tasks.recover_covers()

    assert DBTaskResult.objects.ready().count() == 1
    work()
    assert list_states() == ["ready"]


def test_cover_of_a_dead_worker_is_fetched_by_another(book: Book, work: Work) -> None:
    request_covers(book)
    DBTaskResult.objects.get().claim("worker")
    assert lifecycle.claim(Cover.objects.get().pk)

    tasks.recover_covers()
    assert DBTaskResult.objects.ready().count() == 0  # the lease has not ended
    wait_out_pause()
    tasks.recover_covers()
    work()

    assert list_states() == ["ready"]


def test_cover_that_kills_workers_fails(book: Book) -> None:
    request_covers(book)
    for _ in range(tasks.MAX_ATTEMPTS):
        assert lifecycle.claim(Cover.objects.get().pk)
        wait_out_pause()
        tasks.recover_covers()

    assert (list_states(), Cover.objects.get().reason) == (["failed"], tasks.WORKER_DIED)


def test_cover_is_queued_although_redis_is_unavailable(book: Book, settings: Settings, work: Work) -> None:
    settings.RQ_QUEUES = {"default": {"URL": "redis://127.0.0.1:1/0"}}
    settings.TASKS = {"default": {"BACKEND": "core.redis_queue.Backend"}}
    assert request_covers(book) == ["image/svg+xml"]
    settings.TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend"}}

    tasks.recover_covers()
    work()

    assert list_states() == ["ready"]


def test_use_is_recorded_once_an_hour(book: Book, work: Work) -> None:
    request_covers(book)
    work()
    Cover.objects.update(used_at=Now() - timedelta(minutes=50))
    request_covers(book)
    assert not Cover.objects.filter(used_at__gt=Now() - timedelta(minutes=30)).exists()
    Cover.objects.update(used_at=Now() - timedelta(minutes=70))
    request_covers(book)

    assert Cover.objects.filter(used_at__gt=Now() - timedelta(minutes=30)).exists()


@pytest.mark.skipif(connection.vendor == "sqlite", reason="The test database of SQLite is in memory and does not wait.")
@pytest.mark.django_db(transaction=True, available_apps=ALL_APPS)
def test_simultaneous_requests_enqueue_one_task(book: Book) -> None:
    def request(_: int) -> list[str]:
        barrier.wait()
        try:
            return request_covers(book)
        finally:
            connections.close_all()

    barrier = Barrier(8)
    with ThreadPoolExecutor(8) as threads:
        assert list(threads.map(request, range(8))) == [["image/svg+xml"]] * 8
    assert (list_states(), DBTaskResult.objects.count()) == (["waiting"], 1)


def test_workers_fetch_covers_at_the_rate_of_the_host(
    installation: Installation, images: ImageServer, images_url: str
) -> None:
    """Two worker processes. The requests are those of a page with four covers."""
    images.replies |= {f"/{number}.jpg": Reply(make_jpeg()) for number in range(4)}
    requested = (
        "from books.covers.tasks import find_or_request\n"
        f"for number in range(4): find_or_request(f'{images_url}/{{number}}.jpg')"
    )
    environment = {**installation.environment, "SHOP_URL": images_url, "SHOP_DELAY": "2"}
    installed = Installation(environment, installation.database)
    assert installed.manage("shell", "--verbosity", "0", "--command", requested).returncode == 0

    with start_worker(installed), start_worker(installed):
        wait_until(lambda: installed.query("SELECT count(*) FROM books_cover WHERE state = 'ready'") == [(4,)])

    assert sum(images.requests.values()) == 4
    assert all(later - earlier > 1 for earlier, later in pairwise(sorted(images.request_times)))
    assert len(list_files(Path(environment["VAR_DIR"]) / "files")) == 12
