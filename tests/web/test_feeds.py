"""The Atom feeds: valid XML with absolute links and stable ids, by category, and 304 while nothing has changed."""

from datetime import UTC, datetime
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from lxml import etree

from books.models import Book, PriceObservation
from tests.support.apps import ALL_APPS
from tests.support.factories import make_book, make_category
from tests.web.pages import get_page, text_of

pytestmark = pytest.mark.django_db

ATOM = "{http://www.w3.org/2005/Atom}"
FEEDS = ["/feeds/price-changes", "/feeds/new-books"]
HOSTILE = '"><script>alert(1)</script>&amp;]]> \x0b\x00\ufffe{{ 7*7 }} Ü'


def read(path: str, **headers: str) -> Any:
    response = Client().get(path, headers=headers)
    assert response.status_code == 200, response.content
    assert response["Content-Type"] == "application/atom+xml; charset=utf-8"
    return etree.fromstring(response.content)


def entries(path: str) -> list[dict[str, str]]:
    return [
        {
            "id": entry.findtext(f"{ATOM}id"), "title": entry.findtext(f"{ATOM}title"),
            "link": entry.find(f"{ATOM}link").get("href"), "updated": entry.findtext(f"{ATOM}updated"),
            "summary": entry.findtext(f"{ATOM}summary"),
        }
        for entry in read(path).findall(f"{ATOM}entry")
    ]  # fmt: skip


def change_price(
    book: Book, before: str | None, after: str, *, day: int = 1, currency: str = "GBP"
) -> PriceObservation:
    percent = None if before is None or currency != "GBP" else (float(after) / float(before) - 1) * 100
    return PriceObservation.objects.create(
        book=book, price=after, currency=currency, observed_at=datetime(2026, 5, day, 6, tzinfo=UTC),
        previous_price=before, previous_currency=before and "GBP", change_percent=percent,
    )  # fmt: skip


def test_price_changes_are_listed_newest_first() -> None:
    book, other = make_book(title="Odes"), make_book(title="Epodes")
    change_price(book, None, "10.00")
    drop = change_price(book, "10.00", "8.00", day=2)
    rise = change_price(other, "10.00", "12.50", day=3)
    change_price(book, "8.00", "9.00", day=1, currency="EUR")

    assert [(entry["title"], entry["updated"]) for entry in entries("/feeds/price-changes")] == [
        ("Epodes: £10.00 → £12.50 (+25%)", "2026-05-03T06:00:00+00:00"),
        ("Odes: £10.00 → £8.00 (−20%)", "2026-05-02T06:00:00+00:00"),
        ("Odes: £8.00 → €9.00", "2026-05-01T06:00:00+00:00"),
    ]
    assert [entry["id"] for entry in entries("/feeds/price-changes")][:2] == [
        f"tag:testserver,2026:price-change/{rise.pk}",
        f"tag:testserver,2026:price-change/{drop.pk}",
    ]


def test_the_percentage_is_that_of_the_page_of_price_changes() -> None:
    book = make_book(title="Odes")
    change_price(book, "26.41", "26.40", day=1)
    change_price(book, "25.27", "20.22", day=2)

    assert [entry["title"] for entry in entries("/feeds/price-changes")] == [
        "Odes: £25.27 → £20.22 (−19.98%)",
        "Odes: £26.41 → £26.40 (−0.04%)",
    ]


def test_new_books_are_listed_newest_first() -> None:
    make_book(title="Odes")
    book = make_book(title="Epodes", authors=["Horace"], category=make_category("Poetry"), price="5.00", currency="GBP")

    newest, _ = entries("/feeds/new-books")

    assert newest == {
        "id": f"tag:testserver,2026:book/{book.pk}", "title": "Epodes",
        "link": f"http://testserver/book/{book.pk}/epodes", "updated": book.created_at.isoformat(),
        "summary": "<p>Horace · Poetry · £5.00</p>",
    }  # fmt: skip


@pytest.mark.parametrize("path", FEEDS)
def test_ids_stay_if_a_title_changes(path: str) -> None:
    change_price(make_book(title="Odes"), "2.00", "1.00")
    (before,) = entries(path)

    Book.objects.update(title="Carmina")
    (after,) = entries(path)

    assert after["id"] == before["id"]
    assert after["title"] != before["title"]


@pytest.mark.parametrize("path", FEEDS)
def test_links_are_absolute(path: str) -> None:
    change_price(make_book(title="Odes", category=make_category("Poetry")), "2.00", "1.00")

    feed = read(f"{path}?category=poetry")

    links = {link.get("rel"): link.get("href") for link in feed.findall(f"{ATOM}link")}
    category = Book.objects.get().category_id
    assert links == {
        "alternate": f"http://testserver/category/{category}/poetry",
        "self": f"http://testserver{path}?category={category}",
    }
    assert feed.findtext(f"{ATOM}author/{ATOM}name") == "Colophon"


@pytest.mark.parametrize("path", FEEDS)
def test_a_category_has_its_own_feed(path: str) -> None:
    for name in ("Poetry", "Travel"):
        change_price(make_book(title=name, category=make_category(name)), "2.00", "1.00")

    for query in ("category=TRAVEL", f"category={make_category('Travel').pk}"):
        (entry,) = entries(f"{path}?{query}")
        assert entry["title"].startswith("Travel")
    assert len(entries(path)) == len(entries(f"{path}?category=")) == 2
    assert Client().get(f"{path}?category={'x' * 600}").status_code == 422


@pytest.mark.parametrize("path", FEEDS)
def test_an_unknown_category_links_the_known_ones(path: str) -> None:
    make_book(category=make_category("Poetry"))
    page = get_page(f"{path}?category=No<i>thing", status=404)
    response = Client().get(f"{path}?category=nothing")

    assert "There is no category “No<i>thing”. Use the id or the whole name of a category." in text_of(page, "main")
    links = {link.get_text(): str(link["href"]) for link in page.select("main a")}
    assert links == {
        "All categories": "/catalogue?all-categories=", "Feed of all categories": path, "Home page": "/"
    }  # fmt: skip
    assert "Poetry" in get_page(links["All categories"]).get_text()
    assert (response.status_code, response["Content-Type"]) == (404, "application/problem+json")
    assert response.json()["links"]["Feed of all categories"] == path
    assert "“nothing”" in response.json()["detail"]


@pytest.mark.parametrize("path", FEEDS)
def test_unpublished_books_are_not_listed(path: str) -> None:
    change_price(make_book(title="Hidden", is_published=False), "2.00", "1.00")

    assert entries(path) == []


@pytest.mark.parametrize("path", FEEDS)
def test_hostile_titles_are_text(path: str) -> None:
    book = make_book(title=HOSTILE.replace("\x00", ""), category=make_category(HOSTILE.replace("\x00", "")))
    change_price(book, "2.00", "1.00")

    (entry,) = entries(f"{path}?category={book.category_id}")

    assert entry["title"].startswith('"><script>alert(1)</script>&amp;]]> {{ 7*7 }} Ü')
    assert "<script" not in entry["summary"]


@pytest.mark.parametrize("path", FEEDS)
def test_number_of_entries_and_queries_is_limited(path: str) -> None:
    def count() -> tuple[int, int]:
        with CaptureQueriesContext(connection) as queries:
            number = len(entries(path))
        return number, len(queries)

    for number in range(60):
        change_price(make_book(title=f"Odes {number}", authors=["Ann"]), "2.00", "1.00")
        if number == 1:
            few = count()

    assert few == (2, few[1])
    assert count() == (50, few[1])


@pytest.mark.django_db(transaction=True, available_apps=ALL_APPS)  # PostgreSQL changes the version at the commit
@pytest.mark.parametrize("path", FEEDS)
def test_an_unchanged_feed_is_304_without_reading_entries(path: str) -> None:
    change_price(make_book(title="Odes"), "2.00", "1.00")
    first = Client().get(path)
    assert first["Last-Modified"]

    with CaptureQueriesContext(connection) as queries:
        second = Client().get(path, headers={"If-None-Match": first["ETag"]})
    assert (second.status_code, len(queries)) == (304, 1)

    make_book(title="Epodes")
    assert Client().get(path, headers={"If-None-Match": first["ETag"]}).status_code == 200
    assert Client().get(f"{path}?category=", headers={"If-None-Match": first["ETag"]}).status_code == 200


def test_pages_name_the_feeds() -> None:
    book = make_book(title="Odes", category=make_category("Poetry"))

    def find_links(path: str) -> list[str]:
        return [str(link["href"]) for link in get_page(path).select("link[type='application/atom+xml']")]

    assert find_links("/") == FEEDS
    assert find_links(f"/category/{book.category_id}") == [
        *FEEDS, *(f"{path}?category={book.category_id}" for path in FEEDS)
    ]  # fmt: skip
    for address in find_links(f"/category/{book.category_id}"):
        read(address)
