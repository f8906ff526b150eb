"""Crawls that are stopped, taken over by another run, or ended by an error of the database."""

import logging
import threading
from datetime import timedelta

import pytest
from django.db import OperationalError

from books.models import Book
from scraping.models import ListingState, ScrapeRun
from tests.fakes.shop.app import Shop
from tests.support.crawls import Crawl, load_catalogue

pytestmark = pytest.mark.django_db
ALWAYS = timedelta(0)  # as the interval of heartbeats or flushes
INGEST = "scraping.crawling.record_writer.ingest"


def interrupt_run(*_: object) -> None:
    """What another run does when it takes this one over."""
    ScrapeRun.objects.filter(state="running").update(state="interrupted")


def test_stopped_crawl_keeps_the_pages_read(crawl: Crawl) -> None:
    stop = threading.Event()

    report = crawl(stop=stop, progress=lambda done, total: stop.set() if done == 10 else None)

    assert report.state == ScrapeRun.objects.get().state == "interrupted"
    assert report.reason == "The crawl was stopped. The pages already read are stored."
    assert 10 <= report.counts.created == Book.objects.count() < 45
    assert crawl().counts.seen == 45


def test_bug_marks_the_run_as_failed(crawl: Crawl, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*args: object, **options: object) -> None:
        raise ZeroDivisionError("a bug")

    monkeypatch.setattr(INGEST, fail)
    with pytest.raises(ZeroDivisionError):
        crawl()

    run = ScrapeRun.objects.get()
    assert (run.state, run.reason) == ("failed", "ZeroDivisionError: a bug")


def test_database_error_is_reported_in_one_line(crawl: Crawl, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*args: object, **options: object) -> None:
        raise OperationalError("database or disk is full\nmore")

    monkeypatch.setattr(INGEST, fail)

    report = crawl()

    assert (report.state, report.reason) == ("failed", "database or disk is full")


def test_run_taken_over_stops_writing(crawl: Crawl, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO):
        report = crawl(progress=interrupt_run, heartbeat_interval=ALWAYS)

    assert report.state == "interrupted"
    assert report.reason == (
        "The run is no longer active: its heartbeat had stopped, and it was cancelled or continued by another process."
    )
    assert not Book.objects.exists()


def test_run_taken_over_before_publication_writes_nothing(
    crawl: Crawl, shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    crawl()
    before = load_catalogue()
    listing_count = ListingState.objects.count()
    shop.faults.prices[shop.stock[3].upc] = "31.41"
    shop.faults.delisted.add(shop.stock[4].upc)
    monkeypatch.setattr("scraping.crawling.scrape.find_rejection_reason", interrupt_run)

    assert crawl().state == "interrupted"
    assert load_catalogue() == before
    assert ListingState.objects.count() == listing_count


def test_run_taken_over_leaves_the_stored_listing_unchanged(crawl: Crawl) -> None:
    crawl()
    listings = list(ListingState.objects.order_by("pk").values())

    assert crawl(progress=interrupt_run, heartbeat_interval=ALWAYS).state == "interrupted"
    assert list(ListingState.objects.order_by("pk").values()) == listings


def test_pages_are_written_during_the_crawl(crawl: Crawl) -> None:
    book_counts = set()

    crawl(progress=lambda done, total: book_counts.add(Book.objects.count()), flush_interval=ALWAYS)

    assert len(book_counts) > 10
