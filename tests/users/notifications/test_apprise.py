"""Events for the operator, which the package Apprise sends to a service on loopback."""

import json
import sys

import pytest
from django.core import checks
from pytest_django.fixtures import Settings

from books.staff_events import AFTER_FAILURE, UNCHANGED
from tests.fakes.receiver.app import Receiver
from tests.users.notifications.events import run_worker
from tests.users.notifications.staff import end_run, make_watcher
from users.models import Channel, Delivery, Notification

pytestmark = pytest.mark.django_db


@pytest.fixture
def operator(receiver_url: str, settings: Settings) -> None:
    settings.APPRISE_URLS = [receiver_url.replace("http://", "json://")]


@pytest.mark.usefixtures("operator")
def test_the_check_reports_that_apprise_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "users.E002" not in {message.id for message in checks.run_checks()}

    monkeypatch.setitem(sys.modules, "apprise", None)

    assert "users.E002" in {message.id for message in checks.run_checks()}


def test_without_the_setting_the_operator_gets_no_events() -> None:
    end_run("failed")

    assert not Notification.objects.exists()


@pytest.mark.usefixtures("operator")
def test_the_operator_gets_events(receiver: Receiver, settings: Settings) -> None:
    settings.PUBLIC_URL = "https://colophon.example"
    run = end_run("failed", "The shop returned status 503 <b>often</b>.")

    assert run_worker() == ["sent"]

    channel, stored = Channel.objects.get(), Notification.objects.get()
    assert (channel.owner, channel.kind, stored.recipient) == (None, "apprise", None)
    [request] = receiver.requests
    body = json.loads(request.body)
    assert body["title"] == "The crawl of Books to Scrape failed"
    assert body["message"].splitlines() == [
        "The crawl of Books to Scrape failed",
        "The shop returned status 503 <b>often</b>.",
        UNCHANGED,
        AFTER_FAILURE,
        f"https://colophon.example/runs/{run.pk}",
    ]


@pytest.mark.usefixtures("operator")
def test_operator_events_go_to_the_operator_only(receiver: Receiver) -> None:
    make_watcher("scraping.view_scraperun")
    end_run("failed")

    assert run_worker() == ["sent"]

    assert len(receiver.requests) == 1
    assert Delivery.objects.get().notification.recipient is None


@pytest.mark.usefixtures("operator")
def test_a_message_that_a_service_refuses_is_sent_again(receiver: Receiver) -> None:
    receiver.status = "503 Service Unavailable"
    end_run("failed")

    assert run_worker() == ["failed"]

    channel = Channel.objects.get()
    assert (channel.failures, channel.last_error) == (1, "Apprise could not deliver the message to all services.")
    assert Delivery.objects.get().state == Delivery.State.WAITING


def test_an_unknown_service_is_reported(settings: Settings) -> None:
    settings.APPRISE_URLS = ["nowhere://localhost"]
    end_run("failed")

    assert run_worker() == ["failed"]

    assert "APPRISE_URLS" in Channel.objects.get().last_error
