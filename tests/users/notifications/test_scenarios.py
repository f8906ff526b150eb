"""Bugs of other price trackers in what they send, as scenarios over the fake shop and a receiver of webhooks."""

import json
from typing import Any

import pytest
from django.test import Client

from tests.fakes.receiver.app import Receiver
from tests.fakes.shop.app import Shop
from tests.fakes.shop.catalogue import read_books
from tests.support.crawls import Crawl
from tests.support.watches import WatchedShop, watch
from tests.users.notifications.events import make_channel, run_worker
from users.models import Channel, User, WatchRule

pytestmark = pytest.mark.django_db


@pytest.fixture
def shop() -> Shop:
    """A shop with one listing page, because each test crawls it several times."""
    return Shop(read_books()[:12])


@pytest.fixture
def watched(shop: Shop, crawl: Crawl) -> WatchedShop:
    """The watched book costs 40.00 after the first crawl."""
    shop.faults.prices[shop.stock[7].upc] = "40.00"
    return WatchedShop(shop, crawl)


@pytest.fixture
def channel(reader: User, receiver_url: str) -> Channel:
    return make_channel(reader, "webhook", receiver_url)


def read_events(receiver: Receiver) -> list[dict[str, Any]]:
    """The events of the last request."""
    events: list[dict[str, Any]] = json.loads(receiver.requests[-1].body)["events"]
    return events


def test_a_sale_that_is_over_is_not_sent(
    watched: WatchedShop, reader: User, channel: Channel, receiver: Receiver
) -> None:
    watch(watched.book, amount="30.00", user=reader)
    watched.state_price("29.00")
    watched.state_price("40.00")

    assert run_worker() == ["outdated"]
    assert receiver.requests == []


def test_a_message_has_the_time_of_the_observation_and_the_lowest_price_of_now(
    watched: WatchedShop, reader: User, channel: Channel, receiver: Receiver
) -> None:
    watch(watched.book, amount="30.00", user=reader)
    watched.state_price("29.00")
    observed_at = watched.book.observations.latest("pk").observed_at
    watched.state_price("28.00")
    run_worker()

    first, second = (event["data"] for event in read_events(receiver))
    assert (first["new"], first["observed_at"]) == ("29.00", observed_at.isoformat())
    assert [first["current"], first["lowest"], first["observations"]] == ["28.00", "28.00", 3]
    assert (second["new"], second["lowest"]) == ("28.00", "28.00")


def test_a_change_of_every_price_is_one_message_with_a_limit(
    watched: WatchedShop, reader: User, receiver: Receiver, receiver_url: str
) -> None:
    make_channel(reader, "ntfy", f"{receiver_url}topic")
    for book in type(watched.book).objects.all():
        watch(book, WatchRule.ANY_CHANGE, user=reader)
    for each in watched.shop.stock:
        watched.shop.faults.prices[each.upc] = "20.00"
    assert watched.crawl() == "succeeded"
    run_worker()

    [request] = receiver.requests
    assert request.headers["title"] == "12 watched prices"
    assert request.body.decode().endswith("and 7 more")


def test_a_reader_sees_whether_a_message_arrived(
    watched: WatchedShop, reader: User, channel: Channel, receiver: Receiver
) -> None:
    watch(watched.book, amount="30.00", user=reader)
    client = Client()
    client.force_login(reader)
    receiver.status = "503 Service Unavailable"
    watched.state_price("29.00")
    run_worker()

    [event] = client.get("/api/notifications").json()["results"]
    [delivery] = event["deliveries"]
    assert (delivery["state"], delivery["error"]) == ("waiting", "The receiver returned status 503.")
    assert "The receiver returned status 503." in client.get("/notifications").content.decode()

    receiver.status = "200 OK"
    assert client.post(f"/account/notifications/channels/{channel.pk}", {"do": "test"}).status_code == 302
    assert set(run_worker()) == {"sent"}
    assert [each["kind"] for each in read_events(receiver)] == ["test"]
    states = [each["deliveries"][0]["state"] for each in client.get("/api/notifications").json()["results"]]
    assert states == ["sent", "sent"]
