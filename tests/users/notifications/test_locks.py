"""Changes of channels and accounts at the same time as others, and as a worker that sends: no deadlocks."""

import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
from django.db import connection

from tests.support.apps import ALL_APPS
from tests.support.factories import make_user
from tests.support.threads import run_together
from tests.users.notifications.events import fire, make_channel, make_priced_book
from users.accounts.changes import change_account
from users.models import Channel, User
from users.notifications import channels, messages, timetables
from users.notifications.channels import change_channel
from users.notifications.dispatch import create_deliveries
from users.notifications.errors import SendingFailed

pytestmark = [
    pytest.mark.skipif(connection.vendor == "sqlite", reason="The test database of SQLite is in memory."),
    pytest.mark.django_db(transaction=True, available_apps=ALL_APPS),
]
BARRIER_SECONDS = 1.0


def wait_for_other(monkeypatch: pytest.MonkeyPatch, *places: tuple[Any, str]) -> None:
    """Lets two threads wait for each other before these functions, unless one of them waits for a lock."""
    barrier = threading.Barrier(2)

    def wrap(function: Callable[..., Any]) -> Callable[..., Any]:
        def call(*args: Any) -> Any:
            with suppress(threading.BrokenBarrierError):
                barrier.wait(BARRIER_SECONDS)
            return function(*args)

        return call

    for module, name in places:
        monkeypatch.setattr(module, name, wrap(getattr(module, name)))


def make_channels(reader: User, number: int) -> list[Channel]:
    return [make_channel(reader, "webhook", f"https://hooks.example.org/{each}") for each in range(number)]


def test_two_channels_are_changed_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = make_channels(make_user(), 2)
    wait_for_other(monkeypatch, (channels, "reschedule"))

    run_together(
        lambda: change_channel(Channel.objects.get(pk=first.pk), {"schedule": "daily"}),
        lambda: change_channel(Channel.objects.get(pk=second.pk), {"schedule": "weekly"}),
    )

    assert list(Channel.objects.order_by("pk").values_list("schedule", flat=True)) == ["daily", "weekly"]


def test_an_account_is_changed_while_a_worker_switches_a_channel_off(monkeypatch: pytest.MonkeyPatch) -> None:
    """The worker locks the channel, and its notice refers to the account."""
    reader = make_user(email="old@example.org")
    [channel] = make_channels(reader, 1)
    Channel.objects.update(failures=messages.MAX_FAILURES - 1)
    fire(reader, make_priced_book("9", "5"))
    create_deliveries()
    message = messages.claim_message(channel.pk)
    assert message is not None
    wait_for_other(monkeypatch, (timetables, "reschedule"), (messages, "insert_events"))

    run_together(
        lambda: change_account(reader, {"email": "new@example.org", "time_zone": "Europe/London"}),
        lambda: messages.fail(message, SendingFailed("No.")),
    )

    reader.refresh_from_db()
    channel.refresh_from_db()
    assert (reader.email, reader.time_zone) == ("new@example.org", "Europe/London")
    assert channel.disabled_reason == Channel.Reason.FAILURES
