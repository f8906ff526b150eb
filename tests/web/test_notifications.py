"""The list of notifications, and the notification settings."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from django.utils.dateformat import format as format_date

from tests.support.factories import make_user
from tests.users.notifications.events import fire, make_priced_book
from tests.web.pages import BROWSER, get_page, parse, text_of
from users.models import Channel, Delivery, Notification, NotificationPreferences, User
from users.notifications.channels import change_channel, send_test
from web.views.notifications import NotificationsView

pytestmark = pytest.mark.django_db
SETTINGS = "/account/notifications"


@pytest.fixture
def channel(owner: User) -> Channel:
    return Channel.objects.create(
        owner=owner, kind="webhook", address="https://hooks.example", confirmed_at=timezone.now()
    )


def describe(moment: datetime) -> str:
    return format_date(timezone.localtime(moment), "j F Y, H:i")


def change_delivery(channel: Channel, **values: Any) -> Delivery:
    send_test(channel)
    Delivery.objects.update(**values)
    return Delivery.objects.get()


def test_the_empty_list_names_the_next_step(owner_client: Client) -> None:
    page = get_page("/notifications", owner_client)

    assert page.select("main .rows a")[0]["href"] == "/catalogue"


def test_marking_a_notification_as_read_returns_to_it_on_its_page(
    owner_client: Client, channel: Channel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(NotificationsView, "paginate_by", 1)
    oldest, _ = send_test(channel), send_test(channel)
    Notification.objects.update(read_at=None)
    (form,) = get_page("/notifications?page=2", owner_client).select("form.watch-actions")

    response = owner_client.post(str(form["action"]))

    assert response.status_code == 302
    assert response["Location"] == f"/notifications?page=2#notification-{oldest.pk}"
    assert get_page("/notifications?page=2", owner_client).select_one(f"#notification-{oldest.pk}")


def test_all_can_be_marked_as_read_on_a_page_without_unread_ones(
    owner_client: Client, channel: Channel, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(NotificationsView, "paginate_by", 1)
    oldest, _ = send_test(channel), send_test(channel)
    button = "form[action='/notifications/read']"
    Notification.objects.filter(pk=oldest.pk).update(read_at=None)
    assert get_page("/notifications", owner_client).select(button)

    owner_client.post("/notifications/read")
    assert not get_page("/notifications", owner_client).select(button)


def test_a_delivery_waits_for_the_end_of_the_pause_of_its_channel(owner_client: Client, channel: Channel) -> None:
    retry_at = timezone.now() + timedelta(minutes=5)
    change_delivery(channel)
    Channel.objects.update(retry_at=retry_at, failures=1, last_error="The receiver cannot be reached.")

    text = text_of(get_page("/notifications", owner_client), "main .rows")

    assert f"Webhook https://hooks.example: to be sent {describe(retry_at)}. The receiver cannot" in text
    assert "works" not in text  # nothing has arrived yet
    assert "failing" in text_of(get_page(SETTINGS, owner_client), "main .rows")


def test_deliveries_state_when_they_are_or_were_sent(owner_client: Client, channel: Channel) -> None:
    now = timezone.now()
    change_delivery(channel, due_at=now + timedelta(hours=1))
    assert f"to be sent {describe(now + timedelta(hours=1))}" in text_of(
        get_page("/notifications", owner_client), "main .rows"
    )

    Delivery.objects.update(state="sent", delivered_at=now)
    assert f"sent {describe(now)}" in text_of(get_page("/notifications", owner_client), "main .rows")

    Delivery.objects.update(state="outdated", delivered_at=None)
    assert "not sent, because the price had changed" in text_of(get_page("/notifications", owner_client), "main .rows")

    Delivery.objects.update(state="failed")
    assert "https://hooks.example: failed" in text_of(get_page("/notifications", owner_client), "main .rows")


def test_a_delivery_that_was_queued_for_a_switched_off_channel_has_failed(
    owner_client: Client, channel: Channel
) -> None:
    change_delivery(channel, state="waiting")
    Channel.objects.update(disabled_at=timezone.now(), disabled_reason=Channel.Reason.OWNER)

    text = text_of(get_page("/notifications", owner_client), "main .rows")
    assert "https://hooks.example: failed. The channel was switched off." in text


def test_a_delivery_that_was_given_up_states_why(owner_client: Client, channel: Channel) -> None:
    change_delivery(channel, state="waiting")
    change_channel(channel, {"is_enabled": False})
    change_channel(channel, {"is_enabled": True})

    text = text_of(get_page("/notifications", owner_client), "main .rows")
    assert "https://hooks.example: failed. The channel was switched off." in text
    (row,) = owner_client.get("/api/notifications").json()["results"]
    assert [each["error"] for each in row["deliveries"]] == ["The channel was switched off."]


@pytest.mark.parametrize(
    ("path", "fields", "section"),
    [
        (SETTINGS, {"quiet_from": "22:00", "digest_time": "08:00", "weekday": "0"}, "#times"),
        (
            f"{SETTINGS}/channels",
            {"channel-kind": "email", "channel-address": "x", "channel-schedule": "daily"},
            "#new",
        ),
    ],
)
def test_an_error_is_stated_at_the_top_and_links_to_its_form(
    owner_client: Client, path: str, fields: dict[str, str], section: str
) -> None:
    response = owner_client.post(path, fields, headers=BROWSER)
    page = parse(response)

    assert response.status_code == 422
    assert "Nothing was saved. Correct the marked field" in text_of(page, "main [role=alert]")
    assert page.select("main [role=alert] a")[0]["href"] == section
    assert page.select_one(section) is not None
    assert page.select(".errorlist")


def test_the_times_name_the_time_zone_and_where_it_is_changed(owner_client: Client, owner: User) -> None:
    User.objects.filter(pk=owner.pk).update(time_zone="America/New_York")

    page = get_page(SETTINGS, owner_client)

    times = text_of(page, "section[aria-labelledby=times]")
    assert "in your time zone, America/New York. Change the time zone" in times
    assert not page.select("input[name=staff_runs]")


def test_quiet_hours_without_length_are_refused_at_their_field(owner_client: Client) -> None:
    fields = {"quiet_from": "22:00", "quiet_until": "22:00", "digest_time": "08:00", "weekday": "0"}

    response = owner_client.post(SETTINGS, fields, headers=BROWSER)

    assert response.status_code == 422
    (error,) = parse(response).select("#times ~ form .errorlist")
    assert error.get_text() == "The quiet hours end when they begin. Enter a different end, or remove both times."
    assert error["id"] == "id_quiet_until_error"
    assert not NotificationPreferences.objects.exists()


def test_a_channel_is_deleted_after_a_confirmation(owner_client: Client, channel: Channel) -> None:
    change_delivery(channel)
    (link,) = [each for each in get_page(SETTINGS, owner_client).select("main .rows a") if "Delete" in each.text]

    page = get_page(str(link["href"]), owner_client)

    text = text_of(page, "main form")
    assert text.startswith("Delete the channel Webhook https://hooks.example ? It cannot be restored.")
    assert "Its signing secret is lost." in text
    assert "1 notification that waits for this channel will not be sent" in text
    assert Channel.objects.exists()
    response = owner_client.post(str(link["href"]), follow=True, headers=BROWSER)
    assert "The channel Webhook https://hooks.example was deleted." in text_of(parse(response), ".notice.good")
    assert not Channel.objects.exists()


def test_the_confirmation_names_what_is_lost(owner_client: Client, channel: Channel) -> None:
    def confirm(**values: Any) -> str:
        Channel.objects.update(**values)
        return text_of(get_page(f"{SETTINGS}/channels/{channel.pk}/delete", owner_client), "main form")

    assert "confirmed again" in confirm(kind="email", address="ann@example.org")
    assert "access token" in confirm(kind="ntfy", address="https://ntfy.example/topic", secret="token")
    without_token = confirm(secret="", disabled_at=timezone.now())
    assert "access token" not in without_token
    assert "switch it off" not in without_token
    assert "will not be sent" not in without_token


def test_channels_of_others_are_not_deleted(owner_client: Client, channel: Channel) -> None:
    Channel.objects.update(owner=make_user(email="eve@example.org"))
    path = f"{SETTINGS}/channels/{channel.pk}/delete"

    assert [owner_client.get(path).status_code, owner_client.post(path).status_code] == [404, 404]
    assert Channel.objects.exists()


def test_a_row_states_the_new_price_once(owner: User, owner_client: Client) -> None:
    fire(owner, make_priced_book("51.77", "18.00"))

    page = get_page("/notifications", owner_client)

    row = text_of(page, "main .rows li > div")
    assert row.startswith("Emma: £18.00 new Before: £51.77 Your watch:")
    assert row.count("£18.00") == 1
