"""Books state when their source last confirmed them, and whether a price waits for review."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone
from rest_framework.test import APIClient

from books.ingest import ingest
from books.ingest.freshness import mark_as_checked
from books.models import Book, HeldPrice, LastCheck
from books.prices.review import accept_prices, dismiss_prices
from tests.support.crawls import Crawl
from tests.support.factories import make_book, make_record
from tests.support.prices import ingest_price, ingest_sold_out_book, ingest_unreadable_price

pytestmark = pytest.mark.django_db
LATER = timezone.now() + timedelta(days=1)


def last_checked_at(**fields: Any) -> datetime | None:
    moment: datetime | None = Book.objects.with_freshness().get(**fields).last_checked_at  # type: ignore[attr-defined]
    return moment


def price_status() -> str | None:
    status: str | None = Book.objects.with_freshness().get().price_status  # type: ignore[attr-defined]
    return status


def test_a_new_book_was_confirmed_when_it_was_created() -> None:
    ingest([make_record()])

    assert last_checked_at() == Book.objects.get().created_at


def test_a_book_entered_by_hand_has_no_source_that_confirms_it() -> None:
    make_book()

    assert last_checked_at() is None


@pytest.mark.parametrize("fields", [{}, {"title": "Changed"}, {"price": Decimal("9999.00")}])
def test_ingest_confirms_unchanged_changed_and_held_books(fields: dict[str, Any]) -> None:
    record: dict[str, Any] = {"source_key": "upc-1"}
    ingest([make_record(**record)])
    before = timezone.now()

    ingest([make_record(**{**record, **fields})])

    checked = last_checked_at()
    assert checked is not None
    assert before < checked <= timezone.now()


def test_a_dry_run_confirms_nothing() -> None:
    record = make_record()
    ingest([record])

    ingest([record], dry_run=True)

    assert not LastCheck.objects.exists()


def test_a_check_changes_nothing_but_the_time() -> None:
    ingest([make_record(source_key="a"), make_record(source_key="b"), make_record(source_key="a", source="other")])
    before = list(Book.objects.order_by("pk").values())
    checked = Book.objects.get(source="books_to_scrape", source_key="a")

    mark_as_checked([checked.pk], LATER)

    assert list(Book.objects.order_by("pk").values()) == before
    assert not Book.history.exists()
    assert last_checked_at(pk=checked.pk) == LATER
    assert list(LastCheck.objects.values_list("book")) == [(checked.pk,)]


def test_an_earlier_time_does_not_replace_a_later_one() -> None:
    record = make_record()
    ingest([record])
    mark_as_checked([Book.objects.get().pk], LATER)

    ingest([record])

    assert last_checked_at() == LATER


def test_a_deleted_book_takes_its_check_with_it() -> None:
    ingest([make_record(source_key="a", price=None, currency=None, in_stock=None, stock=None)])
    mark_as_checked([Book.objects.get().pk], LATER)

    Book.objects.get().delete()

    assert not LastCheck.objects.exists()


def test_a_refresh_confirms_every_book_it_found_unchanged(crawl: Crawl) -> None:
    def read_times() -> list[tuple[datetime, datetime]]:
        books: Any = Book.objects.with_freshness().order_by("pk")
        return [(book.updated_at, book.last_checked_at) for book in books]

    crawl()
    first = read_times()
    report = crawl()

    assert report.counts.unchanged == len(first) == 45
    for (updated, checked), (updated_later, checked_later) in zip(first, read_times(), strict=True):
        assert updated_later == updated
        assert checked_later > checked


def test_a_price_is_current_unless_one_waits_for_review(book: Book) -> None:
    assert price_status() == "current"
    ingest_price("0.01")
    assert price_status() == "pending_review"
    dismiss_prices(HeldPrice.objects.all())
    assert price_status() == "current"
    ingest_unreadable_price()
    assert price_status() == "pending_review"
    ingest_price("11.00")
    assert price_status() == "current"


def test_a_book_without_a_price_has_a_status_only_if_one_waits_for_review() -> None:
    ingest_price("0.00")
    assert price_status() == "pending_review"
    ingest_sold_out_book()
    assert price_status() is None


def test_lists_and_single_books_state_both(client: APIClient, book: Book) -> None:
    mark_as_checked([book.pk], datetime(2126, 1, 2, tzinfo=UTC))
    ingest_price("0.01")

    listed = client.get("/api/books").json()["results"][0]
    found = client.get("/api/books/search?title=title").json()["results"][0]
    single = client.get(f"/api/books/{book.pk}").json()

    for body in (listed, found, single):
        assert (body["last_checked_at"], body["price_status"]) == ("2126-01-02T00:00:00Z", "pending_review")
    accept_prices(HeldPrice.objects.all())
    assert client.get(f"/api/books/{book.pk}").json()["price_status"] == "current"


def test_a_book_written_by_staff_states_both(staff_client: APIClient) -> None:
    response = staff_client.post("/api/books", {"title": "Odes", "price": "5.00", "currency": "GBP"})

    assert response.status_code == 201
    assert (response.json()["last_checked_at"], response.json()["price_status"]) == (None, "current")


def test_the_admin_shows_both(staff_client: APIClient, book: Book) -> None:
    mark_as_checked([book.pk], datetime(2126, 1, 2, 3, 4, tzinfo=UTC))
    ingest_price("0.01")

    for path in ("", f"{book.pk}/change/"):
        page = staff_client.get(f"/admin/books/book/{path}").content.decode()
        assert "2 Jan 2126, 3:04 a.m." in page
        assert "Pending review" in page
