"""Failed messages: retries, pauses, and channels that are switched off."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.db.models import F
from django.http import Http404
from django.utils import timezone
from pytest_django.fixtures import Settings

from core.db import bulk
from tests.fakes.receiver.app import Receiver
from tests.users.notifications.events import fire, make_channel, make_priced_book, run_worker
from users.models import Channel, ChannelMessage, Delivery, Notification, User
from users.notifications import dispatch
from users.notifications.channels import change_channel
from users.notifications.messages import MAX_FAILURES, PAUSES
from users.notifications.tasks import INTERNAL_ERROR, MAX_ERRORS

pytestmark = pytest.mark.django_db


def end_pause() -> None:
    Channel.objects.update(retry_at=F("retry_at") - PAUSES[-1])


def test_a_message_that_causes_errors_is_given_up(
    reader: User, receiver: Receiver, receiver_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    """The channel is not switched off, and its next message is sent."""
    channel = make_channel(reader, "webhook", receiver_url)
    fire(reader, make_priced_book("9.50", "5.00"))
    Notification.objects.update(payload={})
    for _ in range(MAX_ERRORS):
        assert run_worker() == ["failed"]
        end_pause()
    fire(reader, make_priced_book("9", "5", title="Persuasion"))

    assert run_worker() == ["sent"]

    channel.refresh_from_db()
    assert (channel.failures, channel.disabled_at) == (0, None)
    states = ChannelMessage.objects.order_by("pk").values_list("state", "last_error")
    assert list(states) == [("failed", INTERNAL_ERROR), ("sent", "")]
    assert "KeyError: 'book'" in caplog.text


def test_an_error_after_failures_of_the_receiver_gives_nothing_up(
    reader: User, receiver: Receiver, receiver_url: str
) -> None:
    make_channel(reader, "webhook", receiver_url)
    receiver.status = "503 Service Unavailable"
    fire(reader, make_priced_book("9.50", "5.00"))
    payload = Notification.objects.get().payload
    for stored in [payload] * MAX_ERRORS + [{}]:
        Notification.objects.update(payload=stored)
        assert run_worker() == ["failed"]
        end_pause()
    receiver.status = "200 OK"
    Notification.objects.update(payload=payload)

    assert run_worker() == ["sent"]


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


@pytest.mark.parametrize(("retry_after", "minutes"), [("3600", 60), ("5", 1), ("99999999", 720), ("soon", 1), ("", 1)])
def test_a_receiver_can_ask_for_a_longer_pause(
    reader: User, receiver: Receiver, receiver_url: str, retry_after: str, minutes: int
) -> None:
    channel, before = make_channel(reader, "ntfy", f"{receiver_url}topic"), timezone.now()
    receiver.status, receiver.headers = "429 Too Many Requests", {"Retry-After": retry_after}
    fire(reader, make_priced_book("9.50", "5.00"))

    run_worker()

    channel.refresh_from_db()
    pause = timedelta(minutes=minutes)
    assert channel.retry_at is not None
    assert before + pause <= channel.retry_at <= timezone.now() + pause


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


def test_a_channel_that_was_switched_off_since_it_was_loaded_is_switched_on(reader: User) -> None:
    channel = make_channel(reader, "webhook", "https://hooks.example.org/a")
    change_channel(Channel.objects.get(), {"is_enabled": False})

    change_channel(channel, {"is_enabled": True})

    assert Channel.objects.get().disabled_at is None


def test_a_channel_that_was_deleted_since_it_was_loaded_is_not_found(reader: User) -> None:
    channel = make_channel(reader, "webhook", "https://hooks.example.org/a")
    Channel.objects.all().delete()

    with pytest.raises(Http404):
        change_channel(channel, {"schedule": "daily"})


def test_a_channel_of_an_account_that_was_deleted_since_it_was_loaded_is_not_found(reader: User) -> None:
    channel = Channel.objects.get(pk=make_channel(reader, "webhook", "https://hooks.example.org").pk)
    reader.delete()

    with pytest.raises(Http404):
        change_channel(channel, {"schedule": "daily"})


def test_an_event_that_is_queued_while_a_channel_is_switched_off_is_not_sent_later(
    reader: User, receiver: Receiver, receiver_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    channel = make_channel(reader, "webhook", receiver_url)
    fire(reader, make_priced_book("9", "5"))

    def switch_off_and_store(*args: Any, **options: Any) -> None:
        change_channel(channel, {"is_enabled": False})
        bulk.insert(*args, **options)

    with monkeypatch.context() as patch:
        patch.setattr(dispatch, "insert", switch_off_and_store)
        assert run_worker() == []
    change_channel(channel, {"is_enabled": True})

    assert run_worker() == []
    assert Delivery.objects.get().state == "failed"


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
    receiver.status, receiver.headers = status, {"Location": f"{receiver_url}elsewhere"}
    fire(reader, make_priced_book("9", "5"))

    assert run_worker() == ["failed"]

    assert [each.path for each in receiver.requests] == ["/"]
    channel.refresh_from_db()
    assert channel.last_error.startswith("The receiver redirects to another address")


def test_a_status_without_a_target_is_no_redirect(reader: User, receiver: Receiver, receiver_url: str) -> None:
    channel = make_channel(reader, "webhook", receiver_url)
    receiver.status = "304 Not Modified"
    fire(reader, make_priced_book("9", "5"))

    assert run_worker() == ["failed"]

    channel.refresh_from_db()
    assert channel.last_error == "The receiver returned status 304."


def test_private_addresses_are_refused(
    reader: User, receiver: Receiver, receiver_url: str, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    channel = make_channel(reader, "webhook", receiver_url)
    settings.PRIVATE_ADDRESSES = False
    fire(reader, make_priced_book("9", "5"))

    assert run_worker() == ["failed"]

    assert receiver.requests == []
    channel.refresh_from_db()
    assert "Use a public address, or ask the operator of Colophon" in channel.last_error
    assert "PRIVATE_ADDRESSES" not in channel.last_error
    assert "the receiver is at the private address 127.0.0.1; PRIVATE_ADDRESSES=true allows that" in caplog.text
