"""Fixtures of all tests: a fake shop, a fake Open Library, clients of each role, and an installation for processes."""

import os
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import hypothesis
import pytest
from django.core.cache import caches
from pytest_django.fixtures import Settings
from rest_framework.test import APIClient

from scraping.crawling import page_reader
from scraping.crawling.options import CrawlOptions, Progress
from scraping.crawling.scrape import run_scrape
from scraping.report import ScrapeReport
from scraping.sites.books_toscrape_com import SITE
from tests.fakes.openlibrary.app import OpenLibrary
from tests.fakes.shop.app import Shop
from tests.fakes.shop.catalogue import read_books
from tests.fakes.shop.server import serving
from tests.support.browser import browser  # noqa: F401  a fixture
from tests.support.crawls import FETCH_OPTIONS, THRESHOLDS, Crawl
from tests.support.factories import make_user
from tests.support.installation import Installation
from tests.support.suite_logs import pytest_configure, pytest_sessionfinish, pytest_unconfigure  # noqa: F401  hooks
from tests.support.target_server import superuser_headers, target_server  # noqa: F401  fixtures
from tests.support.worker_pool import SharedPool

# No deadline, because the machine may be busy.
hypothesis.settings.register_profile("colophon", deadline=None)
hypothesis.settings.load_profile("colophon")


def pytest_xdist_auto_num_workers() -> int:
    """One worker more than cores, because tests spend half of their time waiting for servers and processes."""
    return (os.cpu_count() or 1) + 1


@pytest.fixture(autouse=True)
def empty_memory_caches(settings: Settings) -> None:
    """The transaction of a test is never committed, so its writes would not invalidate cached responses."""
    caches["near"].clear()
    settings.READ_CACHE_MB = 0


@pytest.fixture(autouse=True)
def own_lock_files(settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Locks between processes must not hold between the processes of the test run."""
    settings.VAR_DIR = tmp_path_factory.getbasetemp()


@pytest.fixture
def shop() -> Shop:
    """A small shop of 45 books: three listing pages."""
    return Shop(read_books()[:45])


@pytest.fixture
def shop_url(shop: Shop) -> Iterator[str]:
    with serving(shop) as url:
        yield url


@pytest.fixture
def open_library(settings: Settings) -> Iterator[OpenLibrary]:
    """A small Open Library at the address in the settings, without a noticeable rate limit."""
    service = OpenLibrary()
    settings.OPENLIBRARY_REQUESTS_PER_SECOND = 1_000
    with serving(service) as url:
        settings.OPENLIBRARY_URL, settings.CONTACT = url, "tests@example.org"
        yield service


@pytest.fixture
def crawl(db: None, shop_url: str, monkeypatch: pytest.MonkeyPatch) -> Crawl:
    """Crawls the shop into the test's database. Takes the fields of CrawlOptions, `stop` and `progress`."""
    monkeypatch.setattr(page_reader, "start_worker_pool", SharedPool)

    def run(
        *,
        stop: threading.Event | None = None,
        progress: Progress = lambda done, total: None,
        **options: Any,
    ) -> ScrapeReport:
        defaults = {"site": SITE, "url": shop_url, "fetch": FETCH_OPTIONS, "thresholds": THRESHOLDS}
        crawl_options = CrawlOptions(**{**defaults, **options})
        return run_scrape(crawl_options, trigger="command", stop=stop or threading.Event(), progress=progress)

    return run


@pytest.fixture
def client() -> APIClient:
    """An anonymous client."""
    return APIClient()


@pytest.fixture
def member_client(db: None) -> APIClient:
    client = APIClient()
    client.force_login(make_user())
    return client


@pytest.fixture
def staff_client(db: None) -> APIClient:
    client = APIClient()
    client.force_login(make_user(email="staff@example.org", is_staff=True, is_superuser=True))
    return client


@pytest.fixture
def installation(tmp_path: Path) -> Iterator[Installation]:
    """A new migrated database and var folder, for tests that start processes."""
    with Installation.create(tmp_path) as installed:
        yield installed
