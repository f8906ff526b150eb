"""When messages are sent: digests, changed schedules and quiet hours."""

import json
from datetime import timedelta

import pytest
from django.db.models.functions import Now
from django.utils import timezone

from tests.fakes.receiver.app import Receiver
from tests.users.notifications.events import fire, make_channel, make_priced_book, run_worker
from users.accounts.changes import change_account
from users.models import Channel, Delivery, NotificationPreferences, User
from users.notifications.channels import change_channel, send_test
from users.notifications.dispatch import create_deliveries
from users.notifications.timetables import change_preferences

pytestmark = pytest.mark.django_db


def test_digests_wait_for_their_time(reader: User, receiver: Receiver, receiver_url: str) -> None:
    make_channel(reader, "webhook", receiver_url, schedule="daily")
    for title in ("Emma", "Persuasion"):
        fire(reader, make_priced_book("9", "5", title=title))
    assert run_worker() == []
    assert Delivery.objects.filter(due_at__gt=timezone.now()).count() == 2

    Delivery.objects.update(due_at=Now())

    assert run_worker() == ["sent"]
    assert len(json.loads(receiver.requests[0].body)["events"]) == 2


def test_a_changed_schedule_applies_to_what_is_waiting(reader: User, receiver: Receiver, receiver_url: str) -> None:
    channel = make_channel(reader, "webhook", receiver_url, schedule="weekly")
    fire(reader, make_priced_book("9", "5"))
    assert run_worker() == []

    change_channel(channel, {"schedule": "at_once"})

    assert run_worker() == ["sent"]
    assert len(receiver.requests) == 1


def test_quiet_hours_postpone_messages(reader: User, receiver: Receiver, receiver_url: str) -> None:
    now = timezone.now()
    quiet = {"quiet_from": (now - timedelta(hours=1)).time(), "quiet_until": (now + timedelta(hours=1)).time()}
    NotificationPreferences.objects.create(user=reader, **quiet)
    make_channel(reader, "webhook", receiver_url)
    fire(reader, make_priced_book("9", "5"))

    assert run_worker() == []
    assert Delivery.objects.get().due_at > now + timedelta(minutes=59)


def test_a_late_worker_sends_only_tests_in_quiet_hours(reader: User, receiver: Receiver, receiver_url: str) -> None:
    channel, now = make_channel(reader, "webhook", receiver_url), timezone.now()
    fire(reader, make_priced_book("9", "5"))
    create_deliveries()
    quiet = {"quiet_from": (now - timedelta(hours=1)).time(), "quiet_until": (now + timedelta(hours=1)).time()}
    NotificationPreferences.objects.create(user=reader, **quiet)

    assert run_worker() == ["nothing to send"]
    assert Delivery.objects.get().due_at > now + timedelta(minutes=59)
    send_test(channel)
    assert run_worker() == ["sent"]
    assert [each["kind"] for each in json.loads(receiver.requests[0].body)["events"]] == ["test"]


def test_a_failed_message_is_not_tried_again_in_quiet_hours(
    reader: User, receiver: Receiver, receiver_url: str
) -> None:
    channel, now = make_channel(reader, "webhook", receiver_url), timezone.now()
    receiver.status = "503 Service Unavailable"
    fire(reader, make_priced_book("9", "5"))
    assert run_worker() == ["failed"]
    quiet = {"quiet_from": (now - timedelta(hours=1)).time(), "quiet_until": (now + timedelta(hours=1)).time()}
    NotificationPreferences.objects.create(user=reader, **quiet)
    Channel.objects.update(retry_at=now)
    receiver.status = "200 OK"

    assert run_worker() == ["nothing to send"]
    assert run_worker() == []  # the channel pauses until the end of the quiet hours
    send_test(channel)
    assert run_worker() == ["sent"]

    change_preferences(reader, {"quiet_from": None, "quiet_until": None})
    assert run_worker() == ["sent"]

    _, test, _ = receiver.requests
    assert [each["kind"] for each in json.loads(test.body)["events"]] == ["test"]
    assert not Delivery.objects.filter(state="waiting").exists()


@pytest.fixture
def paused(reader: User, receiver_url: str) -> Channel:
    """A channel that pauses after a failure until the end of the quiet hours, in an hour."""
    end = timezone.now() + timedelta(hours=1)
    NotificationPreferences.objects.create(
        user=reader, quiet_from=(end - timedelta(hours=2)).time(), quiet_until=end.time()
    )
    channel = make_channel(reader, "webhook", receiver_url)
    Channel.objects.update(retry_at=end, failures=1)
    return channel


def test_a_changed_time_zone_ends_the_pause_of_former_quiet_hours(reader: User, paused: Channel) -> None:
    change_account(reader, {"time_zone": "Asia/Tokyo"})

    paused.refresh_from_db()
    assert paused.retry_at is None


def test_other_preferences_do_not_end_a_pause(reader: User, paused: Channel) -> None:
    change_account(reader, {"name": "Ann"})
    change_preferences(reader, {"weekday": 3})

    paused.refresh_from_db()
    assert paused.retry_at is not None
