"""The page of price changes."""

from datetime import UTC, datetime
from typing import Any

import pytest
from django.test import Client
from pytest_django.fixtures import Settings

from books.models import Book
from tests.support.factories import make_book, make_category
from tests.support.prices import record_prices
from tests.web.pages import get_page, text_of, texts_of
from users.models import User
from web.views.price_changes import ChangePages

pytestmark = pytest.mark.django_db


def day(number: int) -> datetime:
    return datetime(2026, 5, number, 6, tzinfo=UTC)


@pytest.fixture
def changes() -> None:
    dune = make_book(title="Dune", authors=["Frank Herbert"], category=make_category("Novels"))
    record_prices(dune, (day(1), "10.00"), (day(4), "8.00"), (day(9), "12.00"))
    emma = record_prices(make_book(title="Emma"), (day(2), "20.00"))
    record_prices(emma, (day(6), "10.00"), currency="EUR")


@pytest.mark.usefixtures("changes")
def test_rows_state_both_prices_and_the_difference() -> None:
    page = get_page("/price-changes")

    assert texts_of(page, ".row h3") == ["Dune", "Emma", "Dune"]
    assert texts_of(page, ".row .end") == [
        "now £12.00 before £8.00 +50%", "now €10.00 before £20.00", "now £8.00 before £10.00 −20%",
    ]  # fmt: skip
    assert texts_of(page, ".row time") == ["9 May 2026", "6 May 2026", "4 May 2026"]
    assert len(page.select(".row img")) == 3
    assert len(page.select(".row .sparkline")) == 2
    assert text_of(page, "#changes") == "3 changes"


@pytest.mark.usefixtures("changes")
@pytest.mark.parametrize(
    ("query", "titles"),
    [
        ("direction=down&min_drop_percent=&since=&category=", ["Dune"]),
        ("min_drop_percent=50", []),
        ("since=2026-05-05", ["Dune", "Emma"]),
        ("category=novels&ordering=change_percent", ["Dune", "Dune"]),
    ],
)
def test_filters(query: str, titles: list[str]) -> None:
    page = get_page(f"/price-changes?{query}")

    assert texts_of(page, ".row h3") == titles
    assert bool(page.select(".notice")) is not bool(titles)


@pytest.mark.usefixtures("changes")
def test_pages_keep_the_filters(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ChangePages, "page_size", 1)

    page = get_page("/price-changes?category=novels&since=")

    address: Any = page.select("a[rel=next]")[0]["href"]
    following = get_page(f"/price-changes{address}")
    assert "category=novels" in address
    assert texts_of(following, ".row .end") == ["now £8.00 before £10.00 −20%"]
    assert "Page 2 of 2" in text_of(following, ".pages")


@pytest.mark.usefixtures("changes")
@pytest.mark.parametrize(
    ("query", "days"),
    [
        ("since=2026-05-09", []),
        ("since=2026-05-08", ["8 May 2026"]),
        ("since=2026-05-08&until=2026-05-09", ["8 May 2026"]),
        ("since=2026-05-09T06:00:00Z", ["8 May 2026"]),
    ],
)
def test_a_day_begins_in_the_time_zone_in_which_the_page_shows_days(
    owner_client: Client, owner: User, query: str, days: list[str]
) -> None:
    User.objects.filter(pk=owner.pk).update(time_zone="America/Los_Angeles")  # 23:00 on the day before

    page = get_page(f"/price-changes?{query}", owner_client)

    assert texts_of(page, ".row time") == days


@pytest.mark.usefixtures("changes")
def test_the_stored_number_of_changes_is_that_of_the_time_zone(
    owner_client: Client, owner: User, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.READ_CACHE_MB = 16
    monkeypatch.setattr(ChangePages, "page_size", 1)
    path = "/price-changes?since=2026-05-04"
    assert text_of(get_page(path, owner_client), "#changes") == "3 changes"

    User.objects.filter(pk=owner.pk).update(time_zone="America/Los_Angeles")

    assert text_of(get_page(path, owner_client), "#changes") == "2 changes"


@pytest.mark.usefixtures("changes")
def test_a_cursor_of_the_api_has_no_effect() -> None:
    assert len(texts_of(get_page("/price-changes?cursor="), ".row h3")) == 3


def test_invalid_filters_are_explained() -> None:
    get_page("/price-changes?since=yesterday", status=422)


@pytest.mark.usefixtures("changes")
def test_unpublished_books_do_not_appear() -> None:
    Book.objects.update(is_published=False)

    assert texts_of(get_page("/price-changes"), ".row h3") == []


def test_the_page_without_changes_states_when_they_appear() -> None:
    assert "after the second crawl" in text_of(get_page("/price-changes"), ".notice")


def test_the_page_is_linked_from_each_page() -> None:
    assert get_page("/catalogue").select('nav.main a[href="/price-changes"]')
