"""Messages about a work: if the offer of an event has ended, they name another offer that fulfils the watch."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from books.ingest.provisional import mark_as_provisional
from books.models import Book
from tests.fakes.receiver.app import Receiver
from tests.support.prices import ingest_price
from tests.support.watches import list_events, watch
from tests.users.notifications.events import make_channel, run_worker
from users.models import Channel, Notification, PriceWatch, User, WatchRule

pytestmark = pytest.mark.django_db
ISBN = {"isbn_13": "9780140447934"}


@pytest.fixture
def book(reader: User, receiver_url: str) -> Book:
    """A book of a shop at £40.00, and a webhook of the reader."""
    make_channel(reader, "webhook", receiver_url)
    ingest_price("40.00", **ISBN)
    return Book.objects.get()


def offer(price: str, source: str, **fields: Any) -> Book:
    """States the price of another shop."""
    ingest_price(price, source=source, **ISBN, **fields)
    return Book.objects.get(source=source)


def end_cheapest_offer() -> tuple[Book, Book]:
    """The first shop's price, which causes the event, rises again. Another shop's is a little higher, and stays."""
    first, other = offer("27.00", "first"), offer("28.00", "other")
    offer("35.00", "first")
    return first, other


def sell_out(source: str) -> None:
    offer("27.00", source, in_stock=False, stock=None)


def read_events(receiver: Receiver) -> list[dict[str, Any]]:
    """The events of the last request."""
    events: list[dict[str, Any]] = json.loads(receiver.requests[-1].body)["events"]
    return events


def watch_work(book: Book, reader: User, rule: str = WatchRule.AT_OR_BELOW, **terms: Any) -> PriceWatch:
    return watch(book, rule, user=reader, scope="work", **terms)


def test_the_message_names_the_offer_that_is_still_at_the_target(book: Book, reader: User, receiver: Receiver) -> None:
    created = watch_work(book, reader, amount="30.00")
    first, other = end_cheapest_offer()
    assert list_events(created) == [(None, "27.00")]

    assert run_worker() == ["sent"]

    [event] = read_events(receiver)
    assert (event["summary"], event["url"].rpartition("/")[2]) == (f"{other.title}: £28.00", str(other.pk))
    data = event["data"]
    assert (data["book"], data["new"], data["current"], data["old"]) == (other.pk, "28.00", "28.00", None)
    assert (data["source"], data["is_outdated"]) == ("other", False)
    assert data["replaces"] == {"book": first.pk, "new": "27.00", "currency": "GBP"}
    assert datetime.fromisoformat(data["observed_at"]) == other.observations.get().observed_at


def test_the_stored_event_stays_as_it_was(book: Book, reader: User) -> None:
    watch_work(book, reader, amount="30.00")
    end_cheapest_offer()
    run_worker()

    stored = Notification.objects.get()
    assert (stored.payload["new"], "replaces" in stored.payload) == ("27.00", False)


def test_people_read_why_the_offer_is_another_one(book: Book, reader: User, receiver: Receiver) -> None:
    Channel.objects.update(kind="ntfy")
    watch_work(book, reader, amount="30.00")
    end_cheapest_offer()
    run_worker()

    heading, notice, *_ = receiver.requests[0].body.decode().splitlines()
    assert heading.endswith(": £28.00")
    assert notice == "Another offer of the work, because the offer of £27.00 has ended"


@pytest.mark.parametrize(
    ("price", "fields"),
    [("30.01", {}), ("28.00", {"currency": "EUR"}), ("28.00", {"in_stock": False, "stock": None})],
    ids=["too dear", "another currency", "sold out"],
)
def test_an_offer_that_does_not_fulfil_the_watch_is_not_sent(
    book: Book, reader: User, price: str, fields: dict[str, Any]
) -> None:
    watch_work(book, reader, amount="30.00")
    offer("27.00", "first")
    offer(price, "other", **fields)
    offer("35.00", "first")

    assert run_worker() == ["outdated"]


@pytest.mark.parametrize("fields", [{"missing_since": datetime(2026, 5, 4, tzinfo=UTC)}, {"is_published": False}])
def test_an_offer_that_is_no_longer_listed_is_not_sent(book: Book, reader: User, fields: dict[str, Any]) -> None:
    watch_work(book, reader, amount="30.00")
    end_cheapest_offer()
    Book.objects.filter(source="other").update(**fields)

    assert run_worker() == ["outdated"]


def test_the_offer_of_a_first_crawl_that_was_not_accepted_is_not_sent(book: Book, reader: User) -> None:
    watch_work(book, reader, amount="30.00")
    offer("27.00", "first")
    mark_as_provisional("other")
    offer("28.00", "other")
    offer("35.00", "first")

    assert run_worker() == ["outdated"]


def test_a_watch_on_one_row_gets_no_other_offer(book: Book, reader: User) -> None:
    first = offer("40.00", "first")
    watch(first, user=reader, amount="30.00")
    end_cheapest_offer()

    assert run_worker() == ["outdated"]


def test_an_offer_that_the_watch_has_told_of_is_not_sent_again(book: Book, reader: User, receiver: Receiver) -> None:
    created = watch_work(book, reader, amount="30.00")
    offer("28.00", "other")
    assert run_worker() == ["sent"]
    offer("27.00", "first")
    offer("35.00", "first")
    assert list_events(created) == [(None, "28.00"), (None, "27.00")]

    assert run_worker() == ["outdated"]
    assert len(receiver.requests) == 1


def test_a_copy_in_stock_elsewhere_is_sent(book: Book, reader: User, receiver: Receiver) -> None:
    for source in ("books_to_scrape", "first", "other"):
        sell_out(source)
    watch_work(book, reader, WatchRule.BACK_IN_STOCK)
    offer("27.00", "first")
    offer("28.00", "other")
    sell_out("first")

    assert run_worker() == ["sent"]

    [event] = read_events(receiver)
    assert (event["data"]["book"], event["data"]["in_stock"]) == (Book.objects.get(source="other").pk, True)
    assert event["data"]["replaces"]["new"] == "27.00"


def test_events_of_other_watches_in_the_message_stay(book: Book, reader: User, receiver: Receiver) -> None:
    watch_work(book, reader, amount="30.00")
    single = watch(offer("40.00", "first"), user=reader, amount="28.00")
    end_cheapest_offer()
    assert len(list_events(single)) == 1

    assert run_worker() == ["sent"]

    assert [each["data"]["is_outdated"] for each in read_events(receiver)] == [False, True]
