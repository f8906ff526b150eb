"""The API of notifications and channels."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from pytest_django.fixtures import Settings
from rest_framework.test import APIClient

from tests.fakes.receiver.app import Receiver
from tests.support.clients import make_client
from tests.support.factories import make_user
from tests.users.notifications.events import fire, make_channel, make_priced_book, run_worker
from users.models import Channel, Notification, User

pytestmark = pytest.mark.django_db
HOOK = {"kind": "webhook", "address": "https://hooks.example.org/colophon"}


@pytest.fixture
def client(reader: User) -> APIClient:
    return make_client(reader)


def test_notifications_are_listed_with_their_deliveries(
    reader: User, client: APIClient, receiver: Receiver, receiver_url: str
) -> None:
    channel = make_channel(reader, "webhook", receiver_url)
    book = make_priced_book("9.50", "5.00")
    fire(reader, book)
    run_worker()
    fire(make_user(), book)

    [row] = client.get("/api/notifications").json()["results"]

    assert (row["kind"], row["watch"]) == ("price_watch", reader.price_watches.get().pk)
    assert row["payload"]["new"] == "5.00"
    [delivery] = row["deliveries"]
    assert (delivery["channel"], delivery["state"], delivery["attempts"]) == (channel.pk, "sent", 1)


def test_notifications_are_marked_as_read(reader: User, client: APIClient) -> None:
    for _ in range(3):
        fire(reader, make_priced_book("9", "5"))
    first = client.get("/api/notifications").json()["results"][0]["id"]

    assert client.patch(f"/api/notifications/{first}", {"read": True}).json()["read_at"] is not None
    assert client.get("/api/notifications?unread=true").json()["count"] == 2
    assert client.get("/api/notifications?unread=false").json()["count"] == 1
    assert client.post("/api/notifications/read-all").json() == {"marked": 2}
    assert client.patch(f"/api/notifications/{first}", {"read": False}).json()["read_at"] is None


def test_the_secret_of_a_webhook_is_shown_once(client: APIClient) -> None:
    created = client.post("/api/channels", HOOK)

    assert created.status_code == 201
    secret = created.json()["secret"]
    path = created["Location"].removeprefix("http://testserver")
    assert secret.startswith("whsec_")
    assert secret not in client.get(path).content.decode() + client.get("/api/channels").content.decode()
    assert client.post(f"{path}/renew-secret").json()["secret"] not in {secret, ""}


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"kind": "webhook", "address": "ftp://example.org/"}, "address"),
        ({"kind": "webhook", "address": "https://user:password@example.org/"}, "address"),
        ({"kind": "webhook", "address": "https://"}, "address"),
        ({"kind": "webhook", "address": "https://example.org/a b"}, "address"),
        ({"kind": "ntfy", "address": "https://ntfy.sh/"}, "address"),
        ({"kind": "ntfy", "address": "https://ntfy.sh/a", "token": "tk_a\nX-Tags: b"}, "token"),
        ({"kind": "ntfy", "address": "https://ntfy.sh/a", "token": "tk_é"}, "token"),
        ({"kind": "email", "address": "nobody"}, "address"),
        ({"kind": "email", "address": "a@example.org\nBcc: b@example.org"}, "address"),
        ({"kind": "apprise", "address": "json://localhost"}, "kind"),
        ({**HOOK, "schedule": "hourly"}, "schedule"),
        ({**HOOK, "secret": "own"}, "secret"),
    ],
)
def test_invalid_channels_are_refused(client: APIClient, body: dict[str, Any], field: str) -> None:
    response = client.post("/api/channels", body)

    assert response.status_code == 422
    assert [error["pointer"] for error in response.json()["errors"]] == [f"/{field}"]
    assert not Channel.objects.exists()


@pytest.mark.parametrize("host", ["10.0.0.1", "169.254.169.254", "[::1]", "127.0.0.1:8000"])
def test_a_private_address_is_refused_unless_it_is_allowed(client: APIClient, settings: Settings, host: str) -> None:
    body = {"kind": "webhook", "address": f"http://{host}/hook"}

    settings.PRIVATE_ADDRESSES = False
    assert "private network" in client.post("/api/channels", body).json()["detail"]
    assert client.post("/api/channels", {**body, "address": "http://203.0.114.1/hook"}).status_code == 201
    settings.PRIVATE_ADDRESSES = True
    assert client.post("/api/channels", body).status_code == 201


def test_channels_are_unique_and_limited(client: APIClient) -> None:
    client.post("/api/channels", HOOK)
    assert client.post("/api/channels", HOOK).status_code == 409
    for number in range(9):
        assert client.post("/api/channels", {**HOOK, "address": f"https://{number}.example.org/"}).status_code == 201

    response = client.post("/api/channels", {**HOOK, "address": "https://eleven.example.org/"})

    assert response.status_code == 409
    assert "limit" in response.json()["detail"]


def test_a_channel_is_switched_off_and_on(reader: User, client: APIClient) -> None:
    path = f"/api/channels/{make_channel(reader, 'webhook', 'https://example.org/').pk}"

    off = client.patch(path, {"is_enabled": False, "schedule": "weekly"}).json()
    assert (off["disabled_reason"], off["schedule"]) == ("owner", "weekly")
    assert client.post(f"{path}/test").status_code == 409
    assert client.patch(path, {"is_enabled": True}).json()["disabled_at"] is None
    assert client.delete(path).status_code == 204


def test_a_test_message_ignores_schedule_and_pause(
    reader: User, client: APIClient, receiver: Receiver, receiver_url: str
) -> None:
    retry_at = timezone.now() + timedelta(hours=1)
    channel = make_channel(reader, "webhook", receiver_url, schedule="weekly", retry_at=retry_at)

    assert client.post(f"/api/channels/{channel.pk}/test").status_code == 202
    assert run_worker() == ["sent"]

    assert b"Test message from Colophon" in receiver.requests[0].body
    assert not Notification.objects.unread().exists()


def test_tests_are_limited(reader: User, client: APIClient) -> None:
    channel = make_channel(reader, "webhook", "https://example.org/")
    statuses = [client.post(f"/api/channels/{channel.pk}/test").status_code for _ in range(21)]

    assert statuses == [202] * 20 + [429]


def test_an_address_is_confirmed_again_only_if_needed(reader: User, client: APIClient) -> None:
    hook = make_channel(reader, "webhook", "https://example.org/")
    mail = make_channel(reader, "email", "ann@example.org", confirmed_at=None)

    assert client.post(f"/api/channels/{hook.pk}/confirmation").status_code == 409
    assert client.post(f"/api/channels/{mail.pk}/confirmation").status_code == 202
    assert client.post(f"/api/channels/{mail.pk}/test").status_code == 409


def test_others_cannot_see_or_change_a_channel(reader: User) -> None:
    channel = make_channel(reader, "webhook", "https://example.org/")
    other = make_client(make_user(is_staff=True, is_superuser=True))

    assert other.get(f"/api/channels/{channel.pk}").status_code == 404
    assert other.delete(f"/api/channels/{channel.pk}").status_code == 404
    assert other.get("/api/channels").json()["count"] == 0


def test_a_channel_that_is_switched_on_has_no_reason(client: APIClient) -> None:
    client.post("/api/channels", {"kind": "webhook", "address": "https://hooks.example.org/colophon"})

    assert [row["disabled_reason"] for row in client.get("/api/channels").json()["results"]] == [None]
