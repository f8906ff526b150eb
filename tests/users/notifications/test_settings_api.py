"""The API of quiet hours, digests and the private feed."""

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from rest_framework.test import APIClient

from tests.support.clients import make_client
from tests.support.factories import make_staff
from tests.users.notifications.events import fire, make_channel, make_priced_book
from users.models import Delivery, NotificationPreferences, User
from users.notifications.dispatch import create_deliveries

pytestmark = pytest.mark.django_db
PREFERENCES, FEED = "/api/notifications/preferences", "/api/notifications/feed"
DEFAULTS = {
    "quiet_from": None, "quiet_until": None, "digest_time": "08:00", "weekday": 0, "staff_runs": False,
    "staff_reviews": False,
}  # fmt: skip


@pytest.fixture
def client(reader: User) -> APIClient:
    return make_client(reader)


def test_preferences_have_defaults_and_are_changed_one_by_one(client: APIClient) -> None:
    assert client.get(PREFERENCES).json() == DEFAULTS

    quiet = {"quiet_from": "22:30", "quiet_until": "07:00"}
    assert client.patch(PREFERENCES, quiet).json() == {**DEFAULTS, **quiet}
    assert client.patch(PREFERENCES, {"weekday": 6}).json() == {**DEFAULTS, **quiet, "weekday": 6}
    removed = client.patch(PREFERENCES, {"quiet_from": None, "quiet_until": None})
    assert removed.json() == client.get(PREFERENCES).json() == {**DEFAULTS, "weekday": 6}


def test_quiet_hours_end_at_another_time_than_they_begin(client: APIClient, reader: User) -> None:
    NotificationPreferences.objects.create(user=reader, quiet_from="22:00", quiet_until="07:00")

    (error,) = client.patch(PREFERENCES, {"quiet_from": "07:00"}).json()["errors"]

    assert error["detail"] == "The quiet hours end when they begin. Enter a different end, or remove both times."
    NotificationPreferences.objects.update(quiet_from="07:00")  # stored by an earlier version
    assert client.patch(PREFERENCES, {"weekday": 3}).status_code == 200


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"quiet_from": "22:00"}, "quiet_until"),
        ({"quiet_until": "07:00"}, "quiet_from"),
        ({"quiet_from": "25:00", "quiet_until": "07:00"}, "quiet_from"),
        ({"quiet_from": "22:00", "quiet_until": "22:00"}, "quiet_until"),
        ({"digest_time": "8 o'clock"}, "digest_time"),
        ({"digest_time": "7:5"}, "digest_time"),
        ({"digest_time": None}, "digest_time"),
        ({"digest_time": 8}, "digest_time"),
        ({"weekday": 7}, "weekday"),
        ({"weekday": "Monday"}, "weekday"),
        ({"staff_runs": True}, "staff_runs"),
        ({"feed_hash": "0"}, "feed_hash"),
    ],
)
def test_invalid_preferences_are_refused(client: APIClient, body: dict[str, Any], field: str) -> None:
    response = client.patch(PREFERENCES, body)

    assert response.status_code == 422
    assert [error["pointer"] for error in response.json()["errors"]] == [f"/{field}"]
    assert not NotificationPreferences.objects.exists()


def test_staff_choose_their_events() -> None:
    client = make_client(make_staff())

    assert client.patch(PREFERENCES, {"staff_runs": True, "staff_reviews": True}).json()["staff_runs"] is True
    assert NotificationPreferences.objects.get().staff_reviews


def test_waiting_messages_are_sent_at_the_new_time(reader: User, client: APIClient) -> None:
    User.objects.filter(pk=reader.pk).update(time_zone="Europe/Berlin")
    make_channel(reader, "webhook", "https://example.org/", schedule="daily")
    fire(reader, make_priced_book("9", "5"))
    create_deliveries()

    client.patch(PREFERENCES, {"digest_time": "19:15"})

    due: datetime = Delivery.objects.get().due_at.astimezone(ZoneInfo("Europe/Berlin"))
    assert f"{due:%H:%M}" == "19:15"


@pytest.fixture
def daily_delivery(reader: User) -> Delivery:
    """A digest that waits for 08:00 UTC."""
    make_channel(reader, "webhook", "https://example.org/", schedule="daily")
    fire(reader, make_priced_book("9", "5"))
    create_deliveries()
    return Delivery.objects.get()


def test_waiting_messages_follow_the_time_zone_set_by_the_api(client: APIClient, daily_delivery: Delivery) -> None:
    response = client.patch("/api/users/me", {"time_zone": "Asia/Kolkata"})

    assert response.status_code == 200
    assert clock_of(daily_delivery, "Asia/Kolkata") == "08:00"


def test_waiting_messages_follow_the_time_zone_of_the_page(reader: User, daily_delivery: Delivery) -> None:
    browser = Client()
    browser.force_login(reader)

    form = {"name": reader.name, "age": "", "time_zone": "America/St_Johns"}
    assert browser.post("/account", form).status_code == 302

    assert clock_of(daily_delivery, "America/St_Johns") == "08:00"


def test_other_changes_of_the_account_keep_the_times(client: APIClient, daily_delivery: Delivery) -> None:
    Delivery.objects.update(due_at=datetime(2020, 1, 1, tzinfo=UTC))

    assert client.patch("/api/users/me", {"name": "Zoe", "time_zone": "UTC"}).status_code == 200

    daily_delivery.refresh_from_db()
    assert daily_delivery.due_at == datetime(2020, 1, 1, tzinfo=UTC)


def clock_of(delivery: Delivery, zone: str) -> str:
    delivery.refresh_from_db()
    return f"{delivery.due_at.astimezone(ZoneInfo(zone)):%H:%M}"


def test_the_address_of_the_feed_is_made_renewed_and_removed(reader: User, client: APIClient) -> None:
    fire(reader, make_priced_book("9.50", "5.00"))
    anonymous = APIClient()
    assert client.get(FEED).json() == {"has_address": False}

    first = client.post(FEED)
    assert (first.status_code, first["Cache-Control"]) == (201, "no-store")
    assert "Emma" in anonymous.get(first.json()["url"]).content.decode()
    assert client.get(FEED).json() == {"has_address": True}

    second = client.post(FEED).json()["url"]
    assert anonymous.get(first.json()["url"]).status_code == 404
    assert anonymous.get(second).status_code == 200
    assert client.delete(FEED).status_code == 204
    assert anonymous.get(second).status_code == 404
    assert client.get(FEED).json() == {"has_address": False}
