"""A product page is fetched again only if it is new, changed in the listing, or due."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone
from rest_framework.test import APIClient

from books.curation import release_fields
from books.models import Book, CuratedField
from books.models.price import HeldPrice
from scraping.crawling.page_store import StoredPage
from scraping.models import PageState, ScrapeRun
from scraping.page import Validators
from scraping.record_json import record_from_json, record_to_json
from scraping.report import Counts
from scraping.sites.books_toscrape_com import SITE
from tests.fakes.shop.app import Shop
from tests.support.crawls import EVERY_PAGE, THRESHOLDS, Crawl, change_price
from tests.support.factories import make_category, make_record

pytestmark = pytest.mark.django_db


def age_pages(**age: float) -> None:
    PageState.objects.update(read_at=timezone.now() - timedelta(**age))
    ScrapeRun.objects.update(finished_at=timezone.now() - timedelta(hours=2))


def test_shop_without_validators_is_read(crawl: Crawl, shop: Shop) -> None:
    shop.sends_etags = False
    crawl()
    shop.status_counts.clear()

    assert crawl().counts == Counts(requests=4, seen=45, unchanged=45)
    assert crawl(max_age=EVERY_PAGE).counts == Counts(requests=49, seen=45, unchanged=45)
    assert shop.status_counts == {404: 2, 200: 51}


def test_full_crawl_sends_no_validators(crawl: Crawl, shop: Shop) -> None:
    """A full crawl also finds changes in pages for which the shop wrongly sends 304."""
    shop.etag = '"always"'
    crawl()
    change_price(shop)
    assert crawl(max_age=EVERY_PAGE).counts == Counts(requests=49, seen=45, unchanged=45)

    report = crawl(is_full=True)

    assert report.counts == Counts(requests=49, seen=45, updated=1, unchanged=44)


def test_details_missing_in_the_listing_are_updated_when_due(crawl: Crawl, shop: Shop) -> None:
    crawl()
    shop.stock[7] = replace(shop.stock[7], stock=shop.stock[7].stock + 1)
    assert crawl().counts.updated == 0
    age_pages(days=31)

    assert crawl().counts.updated == 1
    assert Book.objects.get(upc=shop.stock[7].upc).stock == shop.stock[7].stock


def test_pages_of_one_run_are_due_on_different_days(crawl: Crawl) -> None:
    crawl()
    due = []
    for days in (14.9, 20, 25, 30.1):
        age_pages(days=days)
        due.append(sum(to_stored_page(row).is_due(timedelta(days=30)) for row in PageState.objects.all()))

    assert due[0] == 0 < due[1] < due[2] < due[3] == 45


def to_stored_page(row: PageState) -> StoredPage:
    return StoredPage(
        pk=row.pk,
        source_key=row.source_key,
        url=row.url,
        listing=row.listing,
        validators=Validators(),
        read_at=row.read_at,
    )


def test_due_pages_are_requested_conditionally(crawl: Crawl, shop: Shop) -> None:
    crawl()
    shop.stock[7] = replace(shop.stock[7], stock=shop.stock[7].stock + 1)
    age_pages(days=1)
    shop.status_counts.clear()

    report = crawl(max_age=EVERY_PAGE)

    assert report.counts == Counts(requests=49, seen=45, updated=1, unchanged=44)
    assert shop.status_counts[304] == 3 + 44
    assert PageState.objects.filter(read_at__gt=timezone.now() - timedelta(hours=1)).count() == 45


def test_changed_pages_are_requested_unconditionally(crawl: Crawl, shop: Shop) -> None:
    """The listing shows that the page has changed, so a 304 would be wrong."""
    crawl()
    change_price(shop)
    shop.status_counts.clear()

    crawl()

    # 404: robots.txt; 200: the changed listing page and product page; 304: the other listing pages
    assert shop.status_counts == {404: 1, 200: 2, 304: 2}


def test_page_older_than_its_listing_is_fetched_again(crawl: Crawl, shop: Shop) -> None:
    crawl()
    outdated = shop.stock[7]
    shop.faults.bodies[outdated.path] = (shop._render_html(outdated.path) or "").encode()
    change_price(shop)
    assert crawl().counts.unchanged == 45  # the page still shows the old price
    shop.faults.bodies.clear()

    assert crawl().counts.updated == 1
    assert Book.objects.get(upc=outdated.upc).price == Decimal("49.99")


def test_new_parser_version_fetches_every_page(crawl: Crawl, shop: Shop) -> None:
    crawl()
    shop.status_counts.clear()

    assert crawl(site=replace(SITE, version=SITE.version + 1)).counts.requests == 49
    assert shop.status_counts[304] == 0


def test_stored_records_are_ingested_without_a_request(crawl: Crawl, shop: Shop) -> None:
    """They restore a released field, a missing book and a deleted book."""
    crawl()
    curated, missing, deleted = (Book.objects.get(upc=book.upc) for book in shop.stock[:3])
    Book.objects.filter(pk=curated.pk).update(title="Mine")
    CuratedField.objects.create(book=curated, field="title", source_value=curated.title)
    Book.objects.filter(pk=missing.pk).update(missing_since=timezone.now())
    deleted.observations.all().delete()
    deleted.delete()
    assert crawl().counts == Counts(requests=4, seen=45, created=1, updated=1, unchanged=43)
    release_fields([curated])

    assert crawl().counts == Counts(requests=4, seen=45, updated=1, unchanged=44)
    assert Book.objects.get(pk=curated.pk).title == curated.title
    assert Book.objects.get(pk=missing.pk).missing_since is None
    assert Book.objects.filter(upc=deleted.upc, missing_since=None).exists()


@pytest.mark.parametrize("runs", [2, pytest.param(10, marks=pytest.mark.slow)])
def test_curated_fields_survive_runs_until_released(
    crawl: Crawl, shop: Shop, staff_client: APIClient, runs: int
) -> None:
    crawl()
    book = Book.objects.get(upc=shop.stock[7].upc)
    curated = {"title": "Our title", "price": "12.50", "category": make_category("Our shelf").pk}
    assert staff_client.patch(f"/api/books/{book.pk}", curated).status_code == 200

    for number in range(runs):
        shop.faults.prices[shop.stock[7].upc] = f"2{number}.99"
        assert crawl(is_full=number % 2 == 0).succeeded
        book.refresh_from_db()
        assert (book.title, book.price, book.category_id) == ("Our title", Decimal("12.50"), curated["category"])

    observed = [each.price for each in book.observations.order_by("pk")]
    assert observed[1:] == [Decimal(f"2{number}.99") for number in range(runs)]
    release_fields([book])
    crawl()
    book.refresh_from_db()
    assert book.category is not None
    expected = (shop.stock[7].title, Decimal(f"2{runs - 1}.99"), shop.stock[7].category)
    assert (book.title, book.price, book.category.name) == expected


def test_implausible_price_stays_held_without_a_request(crawl: Crawl, shop: Shop) -> None:
    tolerant = replace(THRESHOLDS, max_without=0.05)
    crawl()
    shop.faults.prices[shop.stock[3].upc] = "on request"
    assert crawl(thresholds=tolerant).counts.held == 1

    assert crawl(thresholds=tolerant).counts == Counts(requests=4, seen=45, held=1, unchanged=44)
    assert HeldPrice.objects.get().text == "£on request"


def test_dry_run_leaves_the_stored_pages_unchanged(crawl: Crawl, shop: Shop) -> None:
    crawl()
    change_price(shop)
    before = list(PageState.objects.order_by("pk").values())

    report = crawl(dry_run=True, max_age=EVERY_PAGE)

    assert (report.counts.updated, report.counts.unchanged) == (1, 44)
    assert list(PageState.objects.order_by("pk").values()) == before


def test_records_survive_json() -> None:
    for record in (make_record(), make_record(price=None, currency=None, price_text="on request", rating=None)):
        assert record_from_json(record_to_json(record)) == record
