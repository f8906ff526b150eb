"""Changes of channels and accounts at the same time as others, and as a worker that sends: no deadlocks."""

import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
from django.db import connection, transaction

from core.db import bulk
from core.exceptions import Conflict
from tests.support.apps import ALL_APPS
from tests.support.factories import make_user
from tests.support.threads import run_together
from tests.users.notifications.events import fire, make_channel, make_priced_book
from users.accounts.changes import change_account, delete_account
from users.models import Channel, ChannelMessage, Delivery, PriceWatch, User
from users.notifications import channels, dispatch, messages, timetables
from users.notifications.channels import NewChannel, add_channel, change_channel, delete_channel
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


def delete_owner(channel: Channel) -> None:
    assert channel.owner
    delete_account(channel.owner)


def delete_in_thread(delete: Callable[[], object]) -> threading.Thread:
    """Starts the deletion in another transaction, and waits until it has ended or waits for a lock."""
    thread = threading.Thread(target=run_together, args=(delete,))
    thread.start()
    thread.join(BARRIER_SECONDS)
    return thread


@pytest.mark.parametrize("delete", [delete_channel, delete_owner])
def test_a_channel_is_deleted_while_a_worker_starts_a_message(delete: Callable[[Channel], None]) -> None:
    reader = make_user()
    [channel] = make_channels(reader, 1)
    fire(reader, make_priced_book("9", "5"))
    create_deliveries()

    with transaction.atomic():
        assert messages.claim_message(channel.pk)
        thread = delete_in_thread(lambda: delete(channel))
    thread.join()

    assert not Channel.objects.exists()
    assert not ChannelMessage.objects.exists()


@pytest.mark.parametrize("delete", [delete_channel, delete_owner])
def test_a_channel_is_deleted_while_its_deliveries_are_created(
    monkeypatch: pytest.MonkeyPatch, delete: Callable[[Channel], None]
) -> None:
    """The notifications of other accounts are not delayed."""
    reader, other = make_user(), make_user()
    [channel], [remaining] = make_channels(reader, 1), make_channels(other, 1)
    book, threads = make_priced_book("9", "5"), list[threading.Thread]()
    fire(reader, book)
    fire(other, book)
    PriceWatch.objects.all().delete()  # else the deletion of the account waits for its watches, which their events lock

    def insert_and_delete(*args: Any, **options: Any) -> None:
        bulk.insert(*args, **options)
        if not threads:
            threads.append(delete_in_thread(lambda: delete(channel)))

    monkeypatch.setattr(dispatch, "insert", insert_and_delete)
    create_deliveries()
    threads[0].join()

    assert list(Channel.objects.all()) == [remaining]
    assert Delivery.objects.get().channel == remaining


def test_a_channel_for_an_account_that_was_just_deleted_is_a_conflict() -> None:
    reader = make_user()
    User.objects.filter(pk=reader.pk).delete()

    with pytest.raises(Conflict, match="This account was deleted"):
        add_channel(NewChannel(kind="webhook", address="https://hooks.example.org"), owner=reader, origin="")
