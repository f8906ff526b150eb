"""Which events are outdated: the offer is compared with the event again before a message is sent."""

from zoneinfo import ZoneInfo

import pytest

from books.ingest.missing import mark_missing
from books.models import Book
from tests.support.prices import ingest_price, ingest_sold_out_book
from tests.support.watches import list_events, watch
from users.models import LibraryEntry, Notification, PriceWatch, WatchRule
from users.notifications.content import describe

pytestmark = pytest.mark.django_db


@pytest.fixture
def book() -> Book:
    """A book of a shop at £40.00."""
    ingest_price("40.00")
    return Book.objects.get()


def describe_outdated(created: PriceWatch) -> list[str | None]:
    """For each event of the watch why it is outdated; None if it is not."""
    items = describe(list(Notification.objects.filter(watch=created).order_by("pk")), ZoneInfo("UTC"))
    return [item.lines[0] if item.is_outdated else None for item in items]


def test_an_event_of_stock_does_not_depend_on_the_price(book: Book) -> None:
    ingest_sold_out_book()
    created = watch(book, WatchRule.BACK_IN_STOCK)
    ingest_price("40.00")
    ingest_price("41.00")
    assert describe_outdated(created) == [None]

    ingest_sold_out_book()
    assert describe_outdated(created) == ["No longer: now no price, sold out"]


def test_a_price_below_the_target_is_not_outdated_although_it_had_been_lower_before(book: Book) -> None:
    ingest_price("25.00")
    ingest_price("29.00")
    created = watch(book, amount="30.00")
    assert list_events(created) == [("25.00", "29.00")]  # true at the beginning

    ingest_price("29.50")
    assert describe_outdated(created) == [None]
    ingest_price("30.50")
    assert describe_outdated(created) == ["No longer: now £30.50"]


def test_a_rise_is_outdated_when_the_price_changed_again(book: Book) -> None:
    created = watch(book, WatchRule.ANY_CHANGE)
    ingest_price("41.00")
    ingest_price("42.00")

    assert describe_outdated(created) == ["No longer: now £42.00", None]


def test_a_book_that_is_no_longer_listed_is_outdated(book: Book) -> None:
    created = watch(book, amount="30.00")
    ingest_price("29.00")
    mark_missing(book.source, keys=set(), addresses=set())

    assert describe_outdated(created) == ["No longer: now £29.00, no longer listed"]


def test_a_book_that_the_reader_can_no_longer_see_is_outdated(book: Book) -> None:
    created = watch(book, amount="30.00")
    ingest_price("29.00")
    Book.objects.update(is_published=False)
    assert describe_outdated(created) == ["No longer: now no price"]

    LibraryEntry.objects.create(user=created.user, book=book)
    assert describe_outdated(created) == [None]
