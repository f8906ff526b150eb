"""Crawls that are stopped, taken over or refused by the database."""

import logging
import threading
from datetime import timedelta

import pytest
from django.db import OperationalError

from books.models import Book
from scraping.crawling import crawler as harvest
from scraping.models import ListingState, ScrapeRun
from scraping.runs import lifecycle as runs
from tests.conftest import Crawl
from tests.fakes.shop.app import Shop
from tests.support.crawls import stored

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_waits")]


def test_a_stop_keeps_what_was_read(crawl: Crawl) -> None:
    stop = threading.Event()

    report = crawl(stop=stop, progress=lambda done, total: stop.set() if done == 10 else None)

    assert report.state == ScrapeRun.objects.get().state == "interrupted"
    assert 10 <= report.counts.created == Book.objects.count() < 45
    assert crawl().counts.seen == 45


def test_a_bug_leaves_no_run_running(crawl: Crawl, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*args: object, **options: object) -> None:
        raise ZeroDivisionError("a bug")

    monkeypatch.setattr(harvest, "ingest", broken)
    with pytest.raises(ZeroDivisionError):
        crawl()

    run = ScrapeRun.objects.get()
    assert (run.state, run.reason) == ("failed", "ZeroDivisionError: a bug")


def test_a_database_that_refuses_is_one_line(crawl: Crawl, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*args: object, **options: object) -> None:
        raise OperationalError("database or disk is full\nmore")

    monkeypatch.setattr(harvest, "ingest", broken)

    report = crawl()

    assert (report.state, report.reason) == ("failed", "database or disk is full")


def test_a_run_that_was_taken_over_writes_no_more(
    crawl: Crawl, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(runs, "HEARTBEAT", timedelta(0))

    def take_over(done: int, total: int) -> None:
        ScrapeRun.objects.update(state="interrupted")

    with caplog.at_level(logging.INFO):
        report = crawl(progress=take_over)

    assert report.state == "interrupted"
    assert "took its place" in (report.reason or "")
    assert not Book.objects.exists()


def test_a_run_that_was_taken_over_while_it_was_judged_writes_nothing(
    crawl: Crawl, shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    crawl()
    before = stored()
    listings = list(ListingState.objects.values())
    shop.faults.prices[shop.stock[3].upc] = "31.41"
    shop.faults.vanished.add(shop.stock[4].upc)

    def judge(*_: object) -> None:
        ScrapeRun.objects.filter(state="running").update(state="interrupted")

    monkeypatch.setattr("scraping.crawling.scrape.why_rejected", judge)

    assert crawl().state == "interrupted"
    assert stored() == before
    assert ListingState.objects.count() == len(listings)


def test_a_run_that_learns_that_it_was_taken_over_leaves_the_listing_alone(
    crawl: Crawl, monkeypatch: pytest.MonkeyPatch
) -> None:
    crawl()
    listings = list(ListingState.objects.order_by("pk").values())
    monkeypatch.setattr(runs, "HEARTBEAT", timedelta(0))

    crawl(progress=lambda done, total: ScrapeRun.objects.filter(state="running").update(state="interrupted"))

    assert list(ListingState.objects.order_by("pk").values()) == listings


def test_what_was_read_is_kept_every_few_seconds(crawl: Crawl, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(harvest, "FLUSH_SECONDS", 0.0)
    kept = []

    crawl(progress=lambda done, total: kept.append(Book.objects.count()))

    assert len(set(kept)) > 10
