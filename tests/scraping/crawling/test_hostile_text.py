"""Control characters in a shop's headers, addresses and pages do not reach the database, the log or a terminal."""

from collections.abc import Callable

import pytest

from books.models import Book
from scraping.models import ScrapeProblem, ScrapeRun
from scraping.report import Problem, ScrapeReport
from scraping.runs import lifecycle as runs
from tests.fakes.shop.app import Shop
from tests.support.crawls import Crawl

pytestmark = pytest.mark.django_db
HOSTILE = "\x00\x1b[2J\u202e"


def hostile_charset(shop: Shop) -> None:
    shop.faults.bodies[shop.stock[3].path] = b"\xff"
    shop.faults.content_type = "text/html; charset=a\x00b\x1b[2J"


def hostile_redirect(shop: Shop) -> None:
    shop.faults.redirects[shop.stock[3].path] = "http://elsewhere.example/\x00\x1b[31m"


def hostile_link(shop: Shop) -> None:
    html = (shop._render_html("/") or "").replace(shop.stock[3].path.lstrip("/"), f"catalogue/{HOSTILE}_1/index.html")
    shop.faults.bodies["/"] = html.encode()


def hostile_words(shop: Shop) -> None:
    html = shop._render_html(shop.stock[3].path) or ""
    shop.faults.bodies[shop.stock[3].path] = html.replace("available)", f"{HOSTILE})").encode()


@pytest.mark.parametrize("make_hostile", [hostile_charset, hostile_redirect, hostile_link, hostile_words])
def test_hostile_text_costs_one_book(
    crawl: Crawl, shop: Shop, make_hostile: Callable[[Shop], None], caplog: pytest.LogCaptureFixture
) -> None:
    make_hostile(shop)

    report = crawl()

    assert (report.state, report.counts.failed, Book.objects.count()) == ("succeeded", 1, 44)
    (problem,) = ScrapeProblem.objects.all()
    assert problem.url.isprintable()
    assert problem.message.isprintable()
    assert all(record.getMessage().isprintable() for record in caplog.records)


def test_hostile_first_page_fails_the_run_with_a_printable_reason(crawl: Crawl, shop: Shop) -> None:
    shop.faults.redirects["/"] = "http://elsewhere.example/\x00\x1b[31m"

    report = crawl()

    run = ScrapeRun.objects.get()
    assert (run.state, run.reason) == ("failed", report.reason)
    assert (run.reason or "").isprintable()


def test_run_ends_although_its_problems_cannot_be_stored(caplog: pytest.LogCaptureFixture) -> None:
    run = runs.start(site="books_to_scrape", trigger="command")
    report = ScrapeReport(site=run.site, url="http://shop/", dry_run=False, state="failed", reason="a reason")
    report.problems.append(Problem("http://shop/x", None, "fails"))
    object.__setattr__(report.problems[0], "url", None)  # violates NOT NULL

    runs.finish(run, report)

    run.refresh_from_db()
    assert (run.state, run.reason) == ("failed", "a reason")
    assert "problems of run" in caplog.text
