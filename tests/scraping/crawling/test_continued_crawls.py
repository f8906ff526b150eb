"""An interrupted crawl is continued with the pages that it has read."""

from datetime import timedelta

import pytest
from django.db.models import F

from scraping.models import PageState, ScrapeRun
from tests.fakes.shop.app import Shop
from tests.support.crawls import EVERY_PAGE, Crawl, requested_upcs, stop_after

pytestmark = pytest.mark.django_db


def test_unrecognised_shop_keeps_the_staged_pages(crawl: Crawl, shop: Shop) -> None:
    crawl()
    stop_after(crawl, 20, is_full=True)
    shop.faults.bodies["/"] = b"<html><h1>Maintenance</h1></html>"
    assert crawl(is_full=True).state == "rejected"
    shop.faults.bodies.clear()
    shop.requests.clear()

    crawl(is_full=True)

    assert len(requested_upcs(shop)) <= 25


def age_everything(**age: float) -> None:
    """Moves the rows of pages and runs into the past, as if the next crawl started later."""
    shift = timedelta(**age)
    PageState.objects.update(read_at=F("read_at") - shift)
    times = {name: F(name) - shift for name in ("started_at", "heartbeat_at", "continues_since", "finished_at")}
    ScrapeRun.objects.update(**times)


@pytest.mark.parametrize("is_first", [True, False], ids=["first crawl", "full refresh"])
def test_interrupted_crawl_is_continued_hours_later(crawl: Crawl, shop: Shop, is_first: bool) -> None:
    """Also after several interruptions. A crawl after the end of the continued one reads every page again."""
    if not is_first:
        crawl()
    for _ in range(3):
        stop_after(crawl, 10, is_full=True)
        age_everything(hours=20)
    shop.requests.clear()

    assert crawl(is_full=True).state == "succeeded"

    fetched = len(requested_upcs(shop))
    assert 0 < fetched <= 45 - 10
    shop.requests.clear()
    crawl(is_full=True)
    assert len(requested_upcs(shop)) == 45


def test_pages_of_an_abandoned_crawl_are_not_used(crawl: Crawl, shop: Shop) -> None:
    crawl()
    stop_after(crawl, 20, is_full=True)
    age_everything(days=8)
    shop.requests.clear()

    crawl(is_full=True)

    assert len(requested_upcs(shop)) == 45


def test_full_crawl_does_not_continue_a_refresh(crawl: Crawl, shop: Shop) -> None:
    crawl()
    stop_after(crawl, 20, max_age=EVERY_PAGE)
    shop.requests.clear()

    crawl(is_full=True)

    assert len(requested_upcs(shop)) == 45


@pytest.mark.parametrize("max_age", [EVERY_PAGE, timedelta(days=30)])
def test_interrupted_first_crawl_is_resumed(crawl: Crawl, shop: Shop, max_age: timedelta) -> None:
    stored = stop_after(crawl, 20).counts.created
    assert 20 <= stored < 45
    shop.requests.clear()

    report = crawl(max_age=max_age)

    assert (report.counts.created, report.counts.unchanged) == (45 - stored, stored)
    assert len(requested_upcs(shop)) == 45 - stored
