"""Which events are outdated: the offer is compared with the event again before a message is sent."""

from email.header import decode_header, make_header
from zoneinfo import ZoneInfo

import pytest
from rest_framework.test import APIClient

from books.ingest.missing import mark_missing
from books.models import Book
from tests.fakes.receiver.app import Receiver
from tests.support.prices import ingest_price, ingest_sold_out_book
from tests.support.watches import list_events, list_new_prices, watch
from tests.users.notifications.events import fire, make_channel, make_priced_book, run_worker, state_again
from users.models import Delivery, LibraryEntry, Notification, PriceWatch, User, WatchRule
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


def test_events_are_compared_with_what_the_source_states_and_not_with_the_price_that_a_person_set(
    book: Book, staff_client: APIClient
) -> None:
    response = staff_client.patch(f"/api/books/{book.pk}", {"price": "50.00", "currency": "GBP"}, format="json")
    assert response.status_code == 200, response.content
    created = watch(book, amount="30.00")
    ingest_price("25.00")
    assert (describe_outdated(created), list_new_prices(created)) == ([None], ["25.00"])

    ingest_price("31.00")
    assert describe_outdated(created) == ["No longer: now £31.00"]


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


def test_a_price_that_rose_again_is_not_sent_alone(reader: User, receiver: Receiver, receiver_url: str) -> None:
    make_channel(reader, "webhook", receiver_url)
    book = make_priced_book("9", "5")
    fire(reader, book)
    state_again(book, "9")

    assert run_worker() == ["outdated"]
    assert receiver.requests == []
    assert Delivery.objects.get().state == "outdated"

    fire(reader, make_priced_book("9", "5", title="Persuasion"))
    assert run_worker() == ["sent"]
    assert len(receiver.requests) == 1


def test_a_book_that_is_sold_out_since_is_not_sent_alone(reader: User, receiver: Receiver, receiver_url: str) -> None:
    """Also a preorder, which was never in stock."""
    make_channel(reader, "webhook", receiver_url)
    book = make_priced_book("9", "5")
    fire(reader, book, in_stock=False)
    state_again(book, "5", availability="out_of_stock")

    assert run_worker() == ["outdated"]


def test_a_price_that_rose_again_is_last_in_a_message_with_others(
    reader: User, receiver: Receiver, receiver_url: str
) -> None:
    make_channel(reader, "ntfy", f"{receiver_url}topic")
    book = make_priced_book("9", "5")
    fire(reader, book)
    fire(reader, make_priced_book("9", "5", title="Persuasion"))
    state_again(book, "9")

    assert run_worker() == ["sent"]

    [request] = receiver.requests
    assert str(make_header(decode_header(request.headers["title"]))) == "Persuasion: £5.00"
    assert request.body.decode().index("Persuasion") < request.body.decode().index("No longer: now £9.00")


def test_an_earlier_offer_of_a_work_is_sent_if_the_last_one_is_outdated(
    book: Book, reader: User, receiver: Receiver, receiver_url: str
) -> None:
    """Both shops are at the target, and the cheaper one sells out before the message is sent."""
    isbn = {"isbn_13": "9780140447934"}
    make_channel(reader, "ntfy", f"{receiver_url}topic")
    ingest_price("40.00", **isbn)
    book.refresh_from_db()
    created = watch(book, user=reader, amount="30.00", scope="work")
    ingest_price("28.00", source="other", **isbn)
    ingest_price("27.00", source="third", **isbn)
    ingest_price("27.00", source="third", in_stock=False, stock=None, **isbn)
    assert [new for _, new in list_events(created)] == ["28.00", "27.00"]

    assert run_worker() == ["sent"]

    [request] = receiver.requests
    assert request.body.decode().splitlines()[0].endswith("£28.00")
