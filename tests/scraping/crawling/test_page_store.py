"""A product page is fetched again only for a reason: new, changed on its listing, or long not looked at."""

import threading
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone
from pytest_django.fixtures import Settings
from rest_framework.test import APIClient

from books.curation import release
from books.models import Book, CuratedField
from books.models.price import HeldPrice
from scraping.crawling.page_store import KnownPage, as_json, from_json
from scraping.models import PageState, ScrapeRun
from scraping.page import Validators
from scraping.report import Counts
from scraping.sites import books_toscrape_com as site
from tests.conftest import Crawl
from tests.fakes.shop.app import Shop
from tests.support.crawls import EVERY_PAGE, change_price, fetched
from tests.support.factories import make_category, make_record

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("no_waits")]


def age_pages(**by: float) -> None:
    PageState.objects.update(read_at=timezone.now() - timedelta(**by))
    ScrapeRun.objects.update(finished_at=timezone.now() - timedelta(hours=2))


def test_a_shop_without_validators_is_read_all_the_same(crawl: Crawl, shop: Shop) -> None:
    shop.validates = False
    crawl()
    shop.answers.clear()

    assert crawl().counts == Counts(requests=4, seen=45, unchanged=45)
    assert crawl(max_age=EVERY_PAGE).counts == Counts(requests=49, seen=45, unchanged=45)
    assert shop.answers == {404: 2, 200: 51}


def test_full_fetches_every_page_outright(crawl: Crawl, shop: Shop) -> None:
    """Also where the shop says 304 of what has changed."""
    shop.etag = '"always"'
    crawl()
    change_price(shop)
    assert crawl(max_age=EVERY_PAGE).counts == Counts(requests=49, seen=45, unchanged=45)

    report = crawl(is_full=True)

    assert report.counts == Counts(requests=49, seen=45, updated=1, unchanged=44)


def test_a_page_of_something_else_does_not_cost_what_was_read(crawl: Crawl, shop: Shop) -> None:
    crawl()
    stop = threading.Event()
    crawl(is_full=True, stop=stop, progress=lambda done, total: stop.set() if done >= 20 else None)
    shop.faults.bodies["/"] = b"<html><h1>Maintenance</h1></html>"
    assert crawl(is_full=True).state == "rejected"
    shop.faults.bodies.clear()
    shop.requests.clear()

    crawl(is_full=True)

    assert len(fetched(shop)) <= 25


def test_what_only_the_page_shows_is_noticed_when_its_details_are_old(crawl: Crawl, shop: Shop) -> None:
    crawl()
    shop.stock[7] = replace(shop.stock[7], stock=shop.stock[7].stock + 1)
    assert crawl().counts.updated == 0
    age_pages(days=31)

    assert crawl().counts.updated == 1
    assert Book.objects.get(upc=shop.stock[7].upc).stock == shop.stock[7].stock


def test_pages_fall_due_on_many_days(crawl: Crawl, shop: Shop) -> None:
    crawl()
    due = []
    for days in (14.9, 20, 25, 30.1):
        age_pages(days=days)
        due.append(sum(page_of(row).is_older_than(timedelta(days=30)) for row in PageState.objects.all()))

    assert due == sorted(due)
    assert due[0] == 0 < due[1] < due[2] < due[3] == 45


def page_of(row: PageState) -> KnownPage:
    return KnownPage(
        pk=row.pk,
        source_key=row.source_key,
        url=row.url,
        listing=row.listing,
        validators=Validators(),
        read_at=row.read_at,
    )


def test_pages_that_are_looked_at_again_are_asked_for_conditionally(crawl: Crawl, shop: Shop) -> None:
    crawl()
    shop.stock[7] = replace(shop.stock[7], stock=shop.stock[7].stock + 1)
    age_pages(days=1)
    shop.answers.clear()

    report = crawl(max_age=EVERY_PAGE)

    assert report.counts == Counts(requests=49, seen=45, updated=1, unchanged=44)
    assert shop.answers[304] == 3 + 44
    assert PageState.objects.filter(read_at__gt=timezone.now() - timedelta(hours=1)).count() == 45


def test_a_page_that_changed_on_its_listing_is_asked_for_outright(crawl: Crawl, shop: Shop) -> None:
    """A cache that says 304 of it would contradict the listing."""
    crawl()
    change_price(shop)
    shop.answers.clear()

    crawl()

    assert shop.answers == {404: 1, 200: 2, 304: 2}  # robots.txt; the listing page and the product's; two listing pages


def test_a_page_behind_its_listing_is_looked_at_again(crawl: Crawl, shop: Shop) -> None:
    crawl()
    behind = shop.stock[7]
    shop.faults.bodies[behind.path] = (shop._html(behind.path) or "").encode()
    change_price(shop)
    assert crawl().counts.unchanged == 45  # its page shows the price of before
    shop.faults.bodies.clear()

    assert crawl().counts.updated == 1
    assert Book.objects.get(upc=behind.upc).price == Decimal("49.99")


def test_another_way_to_read_pages_reads_them_all_again(
    crawl: Crawl, shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    crawl()
    monkeypatch.setattr("tests.conftest.SITE", replace(site.SITE, version=2))
    shop.answers.clear()

    assert crawl().counts.requests == 49
    assert shop.answers[304] == 0


def test_a_page_that_is_not_fetched_still_says_what_it_said(crawl: Crawl, shop: Shop) -> None:
    """A released field, a deleted book, a held price and a book that is back need no new look at the page."""
    crawl()
    books = {book.upc: Book.objects.get(upc=book.upc) for book in shop.stock[:3]}
    first, second, third = books.values()
    Book.objects.filter(pk=first.pk).update(title="Mine")
    CuratedField.objects.create(book=first, field="title", source_value=first.title)
    Book.objects.filter(pk=second.pk).update(missing_since=timezone.now())
    third.observations.all().delete()
    third.delete()
    assert crawl().counts == Counts(requests=4, seen=45, created=1, updated=1, unchanged=43)
    release([first])

    assert crawl().counts == Counts(requests=4, seen=45, updated=1, unchanged=44)
    assert Book.objects.get(pk=first.pk).title == first.title
    assert Book.objects.filter(upc=third.upc, missing_since=None).exists()


def test_what_staff_set_survives_ten_runs_until_it_is_released(
    crawl: Crawl, shop: Shop, staff_client: APIClient
) -> None:
    crawl()
    book = Book.objects.get(upc=shop.stock[7].upc)
    ours = {"title": "Our title", "price": "12.50", "category": make_category("Our shelf").pk}
    assert staff_client.patch(f"/api/books/{book.pk}", ours).status_code == 200

    for number in range(10):
        shop.faults.prices[shop.stock[7].upc] = f"2{number}.99"
        assert crawl(is_full=number % 2 == 0).succeeded
        book.refresh_from_db()
        assert (book.title, book.price, book.category_id) == ("Our title", Decimal("12.50"), ours["category"])

    assert [each.price for each in book.observations.order_by("pk")][1:] == [Decimal(f"2{n}.99") for n in range(10)]
    release([book])
    crawl()
    book.refresh_from_db()
    assert book.category is not None
    expected = (shop.stock[7].title, Decimal("29.99"), shop.stock[7].category)
    assert (book.title, book.price, book.category.name) == expected


def test_an_odd_price_is_held_though_its_page_is_not_fetched_again(
    crawl: Crawl, shop: Shop, settings: Settings
) -> None:
    settings.GATES = replace(settings.GATES, max_without=0.05)
    crawl()
    shop.faults.prices[shop.stock[3].upc] = "on request"
    assert crawl().counts.held == 1

    assert crawl().counts == Counts(requests=4, seen=45, held=1, unchanged=44)
    assert HeldPrice.objects.get().text == "£on request"


@pytest.mark.parametrize("max_age", [EVERY_PAGE, timedelta(days=30)])
def test_an_interrupted_first_crawl_is_gone_on_from(crawl: Crawl, shop: Shop, max_age: timedelta) -> None:
    stop = threading.Event()
    interrupted = crawl(stop=stop, progress=lambda done, total: stop.set() if done >= 20 else None)
    assert 20 <= interrupted.counts.created < 45
    shop.requests.clear()

    report = crawl(max_age=max_age)

    kept = interrupted.counts.created
    assert (report.counts.created, report.counts.unchanged) == (45 - kept, kept)
    assert len(fetched(shop)) == 45 - kept


def test_a_dry_run_leaves_what_is_known_as_it_is(crawl: Crawl, shop: Shop) -> None:
    crawl()
    change_price(shop)
    before = list(PageState.objects.order_by("pk").values())

    report = crawl(dry_run=True, max_age=EVERY_PAGE)

    assert (report.counts.updated, report.counts.unchanged) == (1, 44)
    assert list(PageState.objects.order_by("pk").values()) == before


def test_a_record_comes_back_as_it_was_kept() -> None:
    for record in (make_record(), make_record(price=None, currency=None, price_text="on request", rating=None)):
        assert from_json(as_json(record)) == record
