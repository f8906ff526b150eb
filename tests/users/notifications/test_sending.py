"""Sending: one message for several events, retries, switched-off channels, and prices that have changed again."""

import json
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db.models import F
from django.db.models.functions import Now
from django.utils import timezone
from pytest_django.fixtures import Settings

from tests.fakes.receiver.app import Receiver
from tests.users.notifications.events import fire, fire_all, make_channel, make_priced_book, run_worker
from users.models import Channel, ChannelMessage, Delivery, Notification, User
from users.notifications import messages
from users.notifications.channels import change_channel
from users.notifications.dispatch import create_deliveries
from users.notifications.errors import SendingFailed
from users.notifications.messages import MAX_FAILURES, PAUSES
from users.notifications.tasks import INTERNAL_ERROR, send_to_channel

pytestmark = pytest.mark.django_db


def end_pause() -> None:
    Channel.objects.update(retry_at=F("retry_at") - PAUSES[-1])


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


def test_a_message_that_causes_an_error_counts_as_failed(
    reader: User, receiver_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    """Without an outcome it would be tried for ever, before all later messages."""
    channel = make_channel(reader, "webhook", receiver_url)
    fire(reader, make_priced_book("9.50", "5.00"))
    Notification.objects.update(payload={})

    assert run_worker() == ["failed"]

    channel.refresh_from_db()
    assert (channel.failures, channel.last_error) == (1, INTERNAL_ERROR)
    assert "KeyError: 'book'" in caplog.text


def test_events_are_sent_together_with_a_limit(reader: User, receiver: Receiver, receiver_url: str) -> None:
    make_channel(reader, "ntfy", f"{receiver_url}topic")
    fire_all(reader, [make_priced_book("9", "5", title=f"Book {number}") for number in range(42)])

    assert run_worker() == ["sent"]

    [request] = receiver.requests
    assert request.headers["title"] == "42 watched prices"
    assert request.body.decode().count("Observed on") == 5
    assert request.body.decode().endswith("\n\nand 37 more")
    assert set(Delivery.objects.values_list("state", flat=True)) == {"sent"}


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
    assert to_person.body.decode().startswith("Emma: £5.00\n£5.00, before £7.00\n")
    assert "before £9.50" not in to_person.body.decode()
    assert [event["data"]["new"] for event in json.loads(to_program.body)["events"]] == ["7.00", "5.00"]
    assert set(Delivery.objects.values_list("state", flat=True)) == {"sent"}


def test_a_failed_message_is_repeated_with_its_key_and_its_events(
    reader: User, receiver: Receiver, receiver_url: str
) -> None:
    channel = make_channel(reader, "webhook", receiver_url)
    receiver.status = "503 Service Unavailable"
    fire(reader, make_priced_book("9", "5"))
    assert run_worker() == ["failed"]
    fire(reader, make_priced_book("9", "5", title="Persuasion"))
    assert run_worker() == []  # the channel pauses
    channel.refresh_from_db()
    assert (channel.failures, channel.last_error) == (1, "The receiver returned status 503.")

    receiver.status = "200 OK"
    end_pause()
    assert run_worker() == ["sent"]

    first, second, third = receiver.requests
    assert first.headers["webhook-id"] == second.headers["webhook-id"] != third.headers["webhook-id"]
    assert json.loads(first.body) == json.loads(second.body)
    channel.refresh_from_db()
    assert (channel.failures, channel.retry_at, channel.last_error) == (0, None, "")


def test_pauses_grow() -> None:
    assert list(PAUSES) == sorted(PAUSES)
    assert sum(PAUSES, timedelta(0)) > timedelta(hours=20)


def test_ten_failures_in_a_row_switch_a_channel_off(reader: User, receiver: Receiver, receiver_url: str) -> None:
    channel = make_channel(reader, "webhook", receiver_url)
    receiver.status = "500 Internal Server Error"
    fire(reader, make_priced_book("9", "5"))
    for _ in range(MAX_FAILURES):
        end_pause()
        assert run_worker() == ["failed"]
    end_pause()
    assert run_worker() == []

    channel.refresh_from_db()
    assert channel.disabled_reason == Channel.Reason.FAILURES
    assert set(Delivery.objects.values_list("state", flat=True)) == {"failed"}
    notice = Notification.objects.get(kind="channel_disabled")
    assert notice.recipient == reader
    assert notice.payload["error"] == "The receiver returned status 500."


def test_a_channel_that_is_switched_on_again_starts_afresh(reader: User, receiver: Receiver, receiver_url: str) -> None:
    channel = make_channel(reader, "webhook", receiver_url)
    change_channel(channel, {"is_enabled": False})
    fire(reader, make_priced_book("9", "5"))
    assert run_worker() == []

    change_channel(channel, {"is_enabled": True})
    fire(reader, make_priced_book("9", "5", title="Persuasion"))

    assert run_worker() == ["sent"]
    assert [each["summary"] for each in json.loads(receiver.requests[0].body)["events"]] == ["Persuasion: £5.00"]


def test_an_address_that_is_gone_is_switched_off_at_once(reader: User, receiver: Receiver, receiver_url: str) -> None:
    channel = make_channel(reader, "webhook", receiver_url)
    receiver.status = "410 Gone"
    fire(reader, make_priced_book("9", "5"))

    assert run_worker() == ["failed"]

    channel.refresh_from_db()
    assert channel.disabled_reason == Channel.Reason.GONE


@pytest.mark.parametrize("status", ["301 Moved Permanently", "307 Temporary Redirect"])
def test_redirects_are_not_followed(reader: User, receiver: Receiver, receiver_url: str, status: str) -> None:
    channel = make_channel(reader, "webhook", receiver_url)
    receiver.status, receiver.location = status, f"{receiver_url}elsewhere"
    fire(reader, make_priced_book("9", "5"))

    assert run_worker() == ["failed"]

    assert [each.path for each in receiver.requests] == ["/"]
    channel.refresh_from_db()
    assert channel.last_error.startswith("The receiver redirects to another address")


def test_private_addresses_are_refused(reader: User, receiver: Receiver, receiver_url: str, settings: Settings) -> None:
    channel = make_channel(reader, "webhook", receiver_url)
    settings.PRIVATE_ADDRESSES = False
    fire(reader, make_priced_book("9", "5"))

    assert run_worker() == ["failed"]

    assert receiver.requests == []
    channel.refresh_from_db()
    assert "private address 127.0.0.1" in channel.last_error


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
