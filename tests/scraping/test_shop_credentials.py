"""The user name and password of a shop are sent to it, and are neither stored nor shown."""

import json
from dataclasses import replace

import pytest
from django.core.management import execute_from_command_line
from rest_framework.test import APIClient

from books.models import Book
from scraping.models import ScrapeProblem, ScrapeRun
from tests.fakes.shop.app import Shop
from tests.support.crawls import FETCH_OPTIONS, Crawl


@pytest.mark.parametrize("url", ["http://analyst:s3cret@shop.example/", "ftp://analyst:s3cret@shop.example/"])
def test_user_information_in_the_address_is_refused(url: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as exited:
        execute_from_command_line(["manage.py", "scrape_books", "--url", url])

    output = capsys.readouterr()
    assert exited.value.code == 2
    assert "s3cret" not in output.err + output.out
    assert ("SHOP_USER and SHOP_PASSWORD" in output.err) == url.startswith("http:")


@pytest.mark.django_db
def test_credentials_are_sent_and_not_stored(
    crawl: Crawl, shop: Shop, capsys: pytest.CaptureFixture[str], client: APIClient
) -> None:
    shop.faults.statuses[shop.stock[3].path] = 404
    options = replace(FETCH_OPTIONS, credentials=("analyst", "s3cret"))

    report = crawl(fetch=options)

    assert shop.authorizations == {"Basic YW5hbHlzdDpzM2NyZXQ="}
    rows = [*Book.objects.values(), *ScrapeRun.objects.values(), *ScrapeProblem.objects.values()]
    stored = repr(rows) + json.dumps(report.as_json()) + client.get("/api/books?limit=100").content.decode()
    assert "s3cret" not in stored + repr(options) + "".join(capsys.readouterr())
    assert "YW5hbHlzdDpzM2NyZXQ" not in stored
