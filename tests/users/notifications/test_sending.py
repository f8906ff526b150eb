"""Sending: one message for several events, schedules, and channels that receive nothing."""

import json
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db.models.functions import Now
from django.utils import timezone

from tests.fakes.receiver.app import Receiver
from tests.users.notifications.events import fire, fire_all, make_channel, make_priced_book, run_worker, state_again
from users.models import Channel, ChannelMessage, Delivery, Notification, User
from users.notifications import messages
from users.notifications.dispatch import create_deliveries
from users.notifications.errors import SendingFailed
from users.notifications.tasks import send_to_channel

pytestmark = pytest.mark.django_db


def test_an_event_is_sent_once(reader: User, receiver: Receiver, receiver_url: str) -> None:
    make_channel(reader, "webhook", receiver_url)
    fire(reader, make_priced_book("9.50", "5.00"))

    assert run_worker() == ["sent"]
    assert run_worker() == []

    [request] = receiver.requests
    delivery = Delivery.objects.get()
    assert delivery.state == "sent"
    assert delivery.delivered_at is not None
    assert json.loads(request.body)["events"][0]["summary"] == "Emma: £5.00"


def test_events_are_sent_together_with_a_limit(reader: User, receiver: Receiver, receiver_url: str) -> None:
    make_channel(reader, "ntfy", f"{receiver_url}topic")
    fire_all(reader, [make_priced_book("9", "5", title=f"Book {number}") for number in range(42)])

    assert run_worker() == ["sent"]

    [request] = receiver.requests
    assert request.headers["title"] == "42 watched prices"
    assert request.body.decode().count("Observed on") == 5
    assert request.body.decode().endswith("\n\nand 37 more")
    assert set(Delivery.objects.values_list("state", flat=True)) == {"sent"}


def test_further_events_do_not_count_outdated_ones(reader: User, receiver: Receiver, receiver_url: str) -> None:
    make_channel(reader, "ntfy", f"{receiver_url}topic")
    books = [make_priced_book("9", "5", title=f"Book {number}") for number in range(7)]
    fire_all(reader, books)
    state_again(books[3], "9")

    assert run_worker() == ["sent"]

    [request] = receiver.requests
    assert request.headers["title"] == "6 watched prices"
    assert "Book 3" not in request.body.decode()
    assert request.body.decode().endswith("\n\nand 1 more")


def test_a_webhook_receives_all_events_in_requests_of_limited_size(
    reader: User, receiver: Receiver, receiver_url: str
) -> None:
    make_channel(reader, "webhook", receiver_url)
    fire_all(reader, [make_priced_book("9", "5", title=f"Book {number}") for number in range(102)])

    assert run_worker() == ["sent"]

    events = [json.loads(request.body)["events"] for request in receiver.requests]
    assert [len(each) for each in events] == [100, 2]
    assert {event["id"] for each in events for event in each} == set(Notification.objects.values_list("pk", flat=True))


def test_people_get_the_last_event_of_a_watch_and_programs_get_all(
    reader: User, receiver: Receiver, receiver_url: str
) -> None:
    make_channel(reader, "ntfy", f"{receiver_url}topic")
    make_channel(reader, "webhook", receiver_url)
    book = make_priced_book("9.50", "7.00", "5.00")
    first_drop = book.observations.order_by("observed_at")[1]
    fire(reader, book, observation=first_drop.pk, new=Decimal("7.00"), old=Decimal("9.50"))
    fire(reader, book)

    assert run_worker() == ["sent", "sent"]

    to_person, to_program = sorted(receiver.requests, key=lambda each: "webhook-id" in each.headers)
    assert to_person.body.decode().startswith("Emma: £5.00\nBefore: £7.00\n")
    assert "£9.50" not in to_person.body.decode()
    assert [event["data"]["new"] for event in json.loads(to_program.body)["events"]] == ["7.00", "5.00"]
    assert set(Delivery.objects.values_list("state", flat=True)) == {"sent"}


@pytest.mark.parametrize("fields", [{"confirmed_at": None}, {"disabled_at": timezone.now()}])
def test_inactive_channels_receive_nothing(
    reader: User, receiver: Receiver, receiver_url: str, fields: dict[str, object]
) -> None:
    make_channel(reader, "webhook", receiver_url, **fields)
    fire(reader, make_priced_book("9", "5"))

    assert run_worker() == []
    assert Delivery.objects.count() == 0


def test_deactivated_accounts_receive_nothing(reader: User, receiver: Receiver, receiver_url: str) -> None:
    make_channel(reader, "webhook", receiver_url)
    reader.is_active = False
    reader.save()
    fire(reader, make_priced_book("9", "5"))

    assert run_worker() == []


def test_a_worker_whose_lease_has_ended_stores_no_outcome(reader: User) -> None:
    channel = make_channel(reader, "webhook", "http://example.org/")
    fire(reader, make_priced_book("9", "5"))
    first = claim_first(channel)
    assert messages.claim_message(channel.pk) is None  # the lease has not ended
    ChannelMessage.objects.update(claimed_until=Now() - timedelta(seconds=1))
    taken_over = messages.claim_message(channel.pk)

    assert taken_over is not None
    assert taken_over.key == first.key
    assert not messages.finish(first)
    assert not messages.fail(first, SendingFailed("late"))
    assert messages.finish(taken_over)


def claim_first(channel: Channel) -> ChannelMessage:
    """Claims the first message, as a worker that then dies."""
    create_deliveries()
    message = messages.claim_message(channel.pk)
    assert message is not None
    return message


def test_the_outcome_for_a_channel_that_was_deleted_while_sending_is_dropped(reader: User) -> None:
    channel = make_channel(reader, "webhook", "http://example.org/")
    fire(reader, make_priced_book("9", "5"))
    message = claim_first(channel)
    channel.delete()

    assert not messages.finish(message)
    assert not messages.fail(message, SendingFailed("late"))


def test_a_deleted_channel_has_nothing_to_send(reader: User) -> None:
    channel = make_channel(reader, "webhook", "http://example.org/")
    pk = channel.pk
    channel.delete()

    assert send_to_channel.func(pk) == "nothing to send"
