"""The content of the pages, without scripts."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from books.models import Book, PriceObservation
from scraping.models import ScrapeRun
from tests.fakes.openlibrary.app import OpenLibrary
from tests.support.factories import make_book, make_category, make_user
from tests.web.pages import BROWSER, get_page, parse, text_of, texts_of
from users.models import LibraryEntry, User
from web.templatetags.web import book_url

pytestmark = pytest.mark.django_db

HOSTILE = '"><script>alert(1)</script><img src=x onerror=alert(1)>'


def make_priced_book(title: str = "How Music Works", price: str = "37.32", **fields: Any) -> Book:
    book: Book = make_book(title=title, price=Decimal(price), currency="GBP", in_stock=True, stock=19, **fields)
    observed_at = timezone.now() - timedelta(days=30)
    for days, amount in ((0, "41.42"), (20, price)):
        PriceObservation.objects.create(
            book=book, price=Decimal(amount), currency="GBP", observed_at=observed_at + timedelta(days)
        )
    return book


def sign_in() -> tuple[Client, User]:
    user, client = make_user(name="Ann"), Client()
    client.force_login(user)
    return client, user


@pytest.fixture
def pages(open_library: OpenLibrary) -> dict[str, int]:
    """The paths of all pages with the expected status."""
    book = make_priced_book(category=make_category("Music"), authors=["David Byrne"])
    return {
        "/": 200, "/catalogue": 200, "/catalogue?category=Music&in_stock=true": 200, f"/book/{book.pk}": 200,
        "/find": 200, "/find?q=war": 200, "/sign-in": 200, "/register": 200,
        "/nothing": 404, "/catalogue?rating=9": 422,
        "/find?q=%00": 422, "/book/999999": 404, "/catalogue?page=99": 404,
    }  # fmt: skip


def test_every_page_has_a_title_one_heading_and_a_strict_policy(pages: dict[str, int]) -> None:
    for path, status in pages.items():
        response = Client().get(path, headers=BROWSER)
        page = parse(response)

        assert response.status_code == status, path
        assert page.title is not None
        assert page.title.text.endswith("Colophon"), path
        assert len(page.select("h1")) == 1, path
        assert len(page.select("main")) == 1
        assert page.html is not None
        assert page.html["lang"] == "en"
        policy = response["Content-Security-Policy"]
        assert "unsafe-inline" not in policy, path
        assert "http:" not in policy
        assert not page.select("[style], style, script:not([src]), [onclick]"), path


def test_programs_get_the_status_at_the_front_page() -> None:
    response = Client().get("/")

    assert (response.status_code, response.json()) == (200, {"status": "ok"})


def test_home_shows_the_newest_books_and_the_size_of_the_catalogue() -> None:
    for number in range(14):
        make_book(title=f"Odes {number}")

    page = get_page("/")

    assert texts_of(page, ".card h3") == [f"Odes {number}" for number in range(13, 1, -1)]
    assert "14 books" in text_of(page, ".figures")


def test_home_shows_the_progress_of_the_first_crawl() -> None:
    ScrapeRun.objects.create(site="books_to_scrape", trigger="command", state="running", listed=1000, seen=250)

    page = get_page("/")

    (progress,) = page.select("progress")
    assert (progress["value"], progress["max"]) == ("250", "1000")
    ScrapeRun.objects.update(state="succeeded")
    assert not get_page("/").select("progress")


def test_home_of_a_reader_shows_the_library() -> None:
    client, user = sign_in()
    for title, status in (("Odes", "reading"), ("Epodes", "want_to_read"), ("Satires", "read")):
        LibraryEntry.objects.create(user=user, book=make_book(title=title), status=status)

    page = get_page("/", client)

    assert texts_of(page, ".section:nth-of-type(1) .card h3") == ["Odes"]
    assert text_of(page, ".figures") == "1 want to read 1 reading 1 read 0 stopped"


def test_book_page_shows_price_history_and_facts() -> None:
    book = make_priced_book(
        subtitle="The science of sounds", authors=["David Byrne"], category=make_category("Music"),
        first_publish_year=2012, isbn_13="9781936365531", description="Chapters.",
    )  # fmt: skip

    page = get_page(f"/book/{book.pk}/any-slug")

    assert text_of(page, "h1") == "How Music Works"
    assert text_of(page, ".amount") == "£37.32"
    assert texts_of(page, ".now .pill")[0].startswith("−£4.10 since")
    assert texts_of(page, ".now .pill")[1] == "19 in stock"
    assert "Lowest £37.32 Highest £41.42" in text_of(page, ".panel dl")
    assert "2012 · Music · ISBN 9781936365531" in text_of(page, ".facts-line")
    assert len(page.select("details.observations tbody tr")) == 2
    assert page.select("svg[role=img]")


@pytest.mark.parametrize("title", ["Library", "Price report"])
def test_book_with_the_title_of_another_route_has_a_page(title: str) -> None:
    book = make_book(title=title)
    page = get_page(book_url(book))

    assert text_of(page, "h1") == title


def test_book_without_prices_and_details_has_a_page() -> None:
    page = get_page(f"/book/{make_book(title='Odes').pk}")

    assert text_of(page, ".amount") == "No price"
    assert not page.select("svg[role=img]")


def test_other_rows_of_the_work_are_shown() -> None:
    book = make_book(title="Odes", work_key="OL1W")
    make_book(title="Odes, another edition", work_key="OL1W")
    make_book(title="Epodes", work_key="OL2W")

    assert texts_of(get_page(f"/book/{book.pk}"), ".rows h3") == ["Odes, another edition"]


def test_catalogue_filters_sorts_and_pages() -> None:
    music = make_category("Music")
    for number in range(30):
        make_priced_book(f"Music {number:02}", price=f"{number + 1}.00", category=music)
    make_priced_book("Travel", category=make_category("Travel"))

    first = get_page("/catalogue?category=Music&ordering=-price")
    assert texts_of(first, ".card h3")[:2] == ["Music 29", "Music 28"]
    assert len(first.select(".card")) == 24
    assert "30 books" in text_of(first, ".sort")
    (following,) = first.select("a[rel=next]")
    second = get_page(f"/catalogue{following['href']}")
    assert texts_of(second, ".card h3")[-1] == "Music 00"
    assert len(second.select("a[rel=prev]")) == 1


def test_layout_of_the_catalogue_is_remembered() -> None:
    make_priced_book()
    client = Client()

    response = client.get("/catalogue/as/list?in_stock=true")
    assert response["Location"] == "/catalogue?in_stock=true"

    assert len(get_page("/catalogue", client).select(".rows .row")) == 1
    assert client.get("/catalogue/as/table").status_code == 404


@pytest.mark.parametrize("path", ["/", "/catalogue", "/book/{}", "/find?q=script"])
def test_hostile_titles_are_text(path: str, open_library: OpenLibrary) -> None:
    book = make_priced_book(HOSTILE, authors=[HOSTILE], category=make_category(HOSTILE[:100]), description=HOSTILE)

    page = get_page(path.format(book.pk))

    assert not page.select("img[onerror], script:not([src])")
    assert HOSTILE in page.get_text()


@pytest.mark.parametrize("layout", ["grid", "list"])
def test_number_of_queries_does_not_depend_on_the_number_of_books(layout: str) -> None:
    client = Client()
    client.get(f"/catalogue/as/{layout}")
    counts = []
    for number in (2, 20):
        for index in range(number):
            make_priced_book(f"Odes {number} {index}", authors=[f"Author {index}"], category=make_category(f"C{index}"))
        with CaptureQueriesContext(connection) as captured:
            get_page("/catalogue", client)
        counts.append(len(captured))

    assert counts[0] == counts[1]
