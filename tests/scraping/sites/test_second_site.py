"""A new site is one module: the second shop is crawled by the command, the API and the admin."""

import json
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from io import StringIO

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError, call_command
from pytest_django.fixtures import Settings
from rest_framework.test import APIClient

from books.models import Book, Source
from scraping.crawling import page_reader
from scraping.models import ScrapeRun
from scraping.sites.registry import find_sites, register_sites
from tests.fakes.corner_shop.app import CornerShop, make_products
from tests.fakes.corner_shop.site import NAME
from tests.fakes.shop.server import serving
from tests.support.worker_pool import SharedPool

pytestmark = pytest.mark.django_db


@pytest.fixture
def corner_shop(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[CornerShop]:
    """The second shop, with its module found and registered as a deployment does it."""
    monkeypatch.setattr(page_reader, "start_worker_pool", SharedPool)
    settings.SITE_PACKAGES = [*settings.SITE_PACKAGES, "tests.fakes.corner_shop"]
    settings.TASKS = {"default": {"BACKEND": "django_tasks.backends.immediate.ImmediateBackend"}}
    settings.SHOP_CREDENTIALS = ("reader", "secret")  # of the other shop
    register_sites("default")
    shop = CornerShop(make_products())
    with serving(shop) as url:
        settings.SHOP_URLS, settings.SHOP_DELAYS = {NAME: f"{url}shop/"}, {NAME: 0}
        yield shop


def scrape(*arguments: str) -> dict[str, int]:
    output = StringIO()
    call_command("scrape_books", "--site", NAME, "--json", "--no-progress", *arguments, stdout=output)
    counts: dict[str, int] = json.loads(output.getvalue())["counts"]
    return counts


def test_command_crawls_the_second_shop(corner_shop: CornerShop) -> None:
    counts = scrape()

    assert (counts["requests"], counts["created"], counts["failed"]) == (34, 30, 0)
    book = Book.objects.get(source=NAME, source_key="CS-001")
    assert (book.title, book.price, book.currency, book.upc) == ("Poems, part 1", Decimal("12.50"), "EUR", None)
    assert (book.in_stock, book.stock, book.rating) == (True, 3, 4)
    assert corner_shop.authorizations == {None}


def test_list_without_ratings_and_stock_saves_the_requests_of_unchanged_books(corner_shop: CornerShop) -> None:
    scrape()
    corner_shop.products[4] = replace(corner_shop.products[4], price="11,00")

    counts = scrape()

    assert (counts["requests"], counts["updated"], counts["unchanged"]) == (5, 1, 29)


def test_api_crawls_and_filters_the_second_shop(corner_shop: CornerShop, staff_client: APIClient) -> None:
    response = staff_client.post("/api/scrape-runs", {"site": NAME})

    assert (response.status_code, response.json()["state"]) == (202, "succeeded")
    assert staff_client.get(f"/api/books?source={NAME}").json()["count"] == 30
    assert staff_client.get(f"/api/scrape-runs?site={NAME}").json()["count"] == 1


def test_admin_crawls_the_second_shop(corner_shop: CornerShop, staff_client: APIClient) -> None:
    assert f"<option>{NAME}</option>" in staff_client.get("/admin/scraping/scraperun/").content.decode()

    staff_client.post("/admin/scraping/scraperun/start/", {"site": NAME}, format="multipart")

    assert ScrapeRun.objects.get().state == "succeeded"
    assert Source.objects.get(name=NAME).label == "Corner Shop"
    assert "Corner Shop" in staff_client.get("/admin/books/book/").content.decode()


def test_unknown_site_is_named_with_the_known_ones(corner_shop: CornerShop, staff_client: APIClient) -> None:
    response = staff_client.post("/api/scrape-runs", {"site": "elsewhere"})

    assert response.status_code == 422
    assert response.json()["errors"][0]["pointer"] == "/site"
    assert "The shops are: books_to_scrape, corner_shop." in response.json()["errors"][0]["detail"]
    with pytest.raises(CommandError, match="corner_shop"):
        call_command("scrape_books", "--site", "elsewhere")


def test_two_modules_cannot_define_one_site(settings: Settings) -> None:
    settings.SITE_PACKAGES = [*settings.SITE_PACKAGES, *settings.SITE_PACKAGES]

    with pytest.raises(ImproperlyConfigured, match="Two modules of SITE_PACKAGES define the site books_to_scrape"):
        find_sites()
