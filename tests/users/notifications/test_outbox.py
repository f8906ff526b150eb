"""Tests of the outbox."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from books.models import PriceObservation
from tests.support.factories import make_book, make_user
from users.models import Notification, PriceWatch, WatchRule
from users.notifications.events import Event, PriceEvent, Recipient
from users.notifications.outbox import store_events

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 5, 3, 12, tzinfo=UTC)


def test_an_event_of_a_watch_is_stored_once() -> None:
    book, user = make_book(title="Emma"), make_user()
    watch = PriceWatch.objects.create(user=user, book=book, rule=WatchRule.ANY_CHANGE)
    observation = PriceObservation.objects.create(book=book, price=Decimal(5), currency="GBP")
    event = PriceEvent(
        observation=observation.pk, book=book.pk, title="Emma", rule="any change",
        observed_at=NOON, old=Decimal("9.50"), new=Decimal(5), currency="GBP",
    ).to_event([(user.pk, watch.pk)])  # fmt: skip

    store_events([event])
    store_events([event])

    [stored] = Notification.objects.all()
    assert (stored.recipient, stored.kind) == (user, "price_watch")
    assert (stored.watch, stored.observation) == (watch, observation)
    assert stored.payload == {
        "book": book.pk, "title": "Emma", "rule": "any change", "observed_at": "2026-05-03T12:00:00+00:00",
        "currency": "GBP", "in_stock": None, "old": "9.50", "new": "5", "target": None, "lowest": None,
    }  # fmt: skip


def test_an_event_of_the_operator_is_stored_once() -> None:
    event = Event(kind=Notification.Kind.RUN_FAILED, recipients=[Recipient(None, "run 1 failed")])

    store_events([event])
    store_events([event])

    assert Notification.objects.count() == 1


def test_recipients_with_the_same_key_get_one_event_each() -> None:
    recipients = [Recipient(make_user().pk, "run 1") for _ in range(2)]

    store_events([Event(kind=Notification.Kind.RUN_FAILED, recipients=recipients)])

    assert Notification.objects.count() == 2
