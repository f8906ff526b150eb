"""Mails with notifications: headers, both forms of the text, confirmation and unsubscribing."""

import re
from collections.abc import Callable
from email.message import EmailMessage
from typing import Any
from urllib.parse import urlsplit

import pytest
from bs4 import BeautifulSoup
from django.test import Client
from django_tasks_db.models import DBTaskResult
from pytest_django.fixtures import Settings
from rest_framework.exceptions import Throttled

from tests.fakes.mail.server import MailServer
from tests.support.clients import make_client
from tests.users.notifications.events import ORIGIN, fire, fire_all, make_channel, make_priced_book, run_worker
from tests.users.notifications.mail_parts import read_part
from users.models import Channel, ChannelMessage, Delivery, User
from users.notifications.channels import NewChannel, add_channel
from users.notifications.confirmations import request_confirmation, retry_confirmations, send_confirmation

pytestmark = pytest.mark.django_db


@pytest.fixture
def channel(reader: User) -> Channel:
    return make_channel(reader, "email", "ann@example.org")


def receive(server: MailServer) -> EmailMessage:
    mail = server.mails.get(timeout=30)
    assert server.mails.empty()
    return mail


def path_of(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.path}?{parts.query}"


def test_a_mail_names_prices_target_lowest_and_time(reader: User, channel: Channel, mail_server: MailServer) -> None:
    book = make_priced_book("9.50", "5.00", title="Emma & <b>more</b>")
    fire(reader, book)
    assert run_worker() == ["sent"]

    mail = receive(mail_server)
    assert (mail["To"], mail["Subject"]) == ("ann@example.org", "Emma & <b>more</b>: £5.00")
    assert "£5.00, before £9.50" in read_part(mail, "plain")
    expected = [
        "£5.00", "before £9.50", "Your watch: at or below £6.00",
        "This is the lowest price since 3 May 2026 (2 observations)", "Observed on 4 May 2026, 12:00 (UTC)",
    ]  # fmt: skip
    text = read_part(mail, "plain")
    page = BeautifulSoup(read_part(mail, "html"), "lxml")
    for line in expected:
        assert line in text
        assert line in page.get_text()
    assert f"{ORIGIN}/book/{book.pk}" in text
    link = page.find("a", href=f"{ORIGIN}/book/{book.pk}")
    assert link is not None
    assert link.get_text() == "Emma & <b>more</b>"


def test_headers_of_a_mail(reader: User, channel: Channel, mail_server: MailServer, settings: Settings) -> None:
    fire(reader, make_priced_book("9.50", "5.00"))
    run_worker()

    mail = receive(mail_server)
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["Message-ID"] == f"<{ChannelMessage.objects.get().key}@{settings.MAIL_DOMAIN}>"
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert re.fullmatch(rf"<{ORIGIN}/notifications/unsubscribe\?token=\S+>", mail["List-Unsubscribe"].strip())


def add_by_api(reader: User) -> None:
    body = {"kind": "email", "address": "ann@work.example"}
    assert make_client(reader).post("/api/channels", body).status_code == 201


def add_on_page(reader: User) -> None:
    browser = Client()
    browser.force_login(reader)
    form = {"channel-kind": "email", "channel-address": "ann@work.example", "channel-schedule": "at_once"}
    assert browser.post("/account/notifications/channels", form).status_code == 302


@pytest.mark.parametrize("add", [add_by_api, add_on_page])
def test_links_have_the_address_of_the_request_without_its_path(
    reader: User, mail_server: MailServer, add: Callable[[User], None]
) -> None:
    add(reader)
    channel = Channel.objects.get()
    assert channel.origin == "http://testserver"
    assert send_confirmation.func(channel.pk) == "sent"

    found = re.search(r"http://testserver(/notifications/confirm\?token=\S+)", receive(mail_server).get_content())
    assert found is not None
    assert Client().post(found[1]).status_code == 200
    channel.refresh_from_db()
    assert channel.is_active


def test_links_of_channels_of_earlier_versions_lead_to_the_pages(
    reader: User, channel: Channel, mail_server: MailServer
) -> None:
    Channel.objects.update(origin=f"{ORIGIN}/api/channels")
    book = make_priced_book("9.50", "5.00")
    fire(reader, book)
    run_worker()

    assert f"  {ORIGIN}/book/{book.pk}\n" in read_part(receive(mail_server), "plain").replace("\r", "")


def test_one_click_needs_https(reader: User, mail_server: MailServer) -> None:
    make_channel(reader, "email", "ann@example.org", origin="http://192.168.1.5:8000")
    fire(reader, make_priced_book("9.50", "5.00"))
    run_worker()

    mail = receive(mail_server)
    assert mail["List-Unsubscribe"].strip().startswith("<http://192.168.1.5:8000/notifications/unsubscribe?")
    assert mail["List-Unsubscribe-Post"] is None


def test_a_mail_without_the_address_of_the_pages_has_no_links(reader: User, mail_server: MailServer) -> None:
    make_channel(reader, "email", "ann@example.org", origin="")
    fire(reader, make_priced_book("9.50", "5.00"))
    run_worker()

    mail = receive(mail_server)
    assert (mail["List-Unsubscribe"], mail["List-Unsubscribe-Post"]) == (None, None)
    assert "Unsubscribe" not in read_part(mail, "plain")
    assert BeautifulSoup(read_part(mail, "html"), "lxml").find_all("a") == []


def test_the_price_of_a_long_title_is_in_the_subject(reader: User, channel: Channel, mail_server: MailServer) -> None:
    fire(reader, make_priced_book("9.50", "5.00", title="Adventures " * 40))
    run_worker()

    mail = receive(mail_server)
    assert len(mail["Subject"]) <= 90
    assert mail["Subject"].endswith("…: £5.00")


@pytest.mark.parametrize("title", ["Emma\r\nBcc: all@example.org", "Emma\nSubject: x", "<script>alert(1)</script>"])
def test_hostile_titles_change_neither_headers_nor_html(
    reader: User, channel: Channel, mail_server: MailServer, title: str
) -> None:
    fire(reader, make_priced_book("9.50", "5.00", title=title))
    assert run_worker() == ["sent"]

    mail = receive(mail_server)
    assert mail["Bcc"] is None
    assert len(mail.get_all("Subject", [])) == 1
    assert BeautifulSoup(read_part(mail, "html"), "lxml").find("script") is None


def test_several_events_are_in_one_mail(reader: User, channel: Channel, mail_server: MailServer) -> None:
    fire_all(reader, [make_priced_book("9", "5", title=f"Book {number}") for number in range(57)])
    assert run_worker() == ["sent"]

    mail = receive(mail_server)
    assert mail["Subject"] == "57 watched prices"
    assert read_part(mail, "plain").count("Your watch") == 20
    assert "… and 37 more" in read_part(mail, "plain")
    assert "and 37 more" in read_part(mail, "html")


def test_one_click_unsubscribes_without_signing_in(reader: User, channel: Channel, mail_server: MailServer) -> None:
    fire(reader, make_priced_book("9.50", "5.00"))
    run_worker()
    path = path_of(receive(mail_server)["List-Unsubscribe"].strip(" <>"))
    client = Client(enforce_csrf_checks=True)

    page = client.get(path)
    channel.refresh_from_db()
    assert page.status_code == 200
    assert channel.disabled_at is None  # programs open links in advance

    response = client.post(path, {"List-Unsubscribe": "One-Click"})

    assert response.status_code == 200
    channel.refresh_from_db()
    assert channel.disabled_reason == Channel.Reason.UNSUBSCRIBED
    assert client.post(path).status_code == 200  # a repetition changes nothing
    fire(reader, make_priced_book("9", "5", title="Persuasion"))
    assert run_worker() == []


@pytest.mark.parametrize("token", ["", "x", "WzEsImEiXQ:1wXsJo:8HsN", "\x00", "é" * 50])
def test_forged_tokens_change_nothing(channel: Channel, token: str) -> None:
    for path in ("/notifications/unsubscribe", "/notifications/confirm"):
        assert Client().post(f"{path}?token={token}").status_code == 404
    channel.refresh_from_db()
    assert channel.is_active


def test_a_token_for_unsubscribing_does_not_confirm(reader: User, channel: Channel, mail_server: MailServer) -> None:
    fire(reader, make_priced_book("9.50", "5.00"))
    run_worker()
    token = urlsplit(receive(mail_server)["List-Unsubscribe"].strip(" <>")).query

    assert Client().get(f"/notifications/confirm?{token}").status_code == 404


def test_an_address_is_confirmed_before_the_first_mail(
    reader: User, mail_server: MailServer, django_capture_on_commit_callbacks: Any
) -> None:
    new = NewChannel(kind="email", address="ann@work.example")
    with django_capture_on_commit_callbacks(execute=True):
        channel = add_channel(new, owner=reader, origin=ORIGIN)
    fire(reader, make_priced_book("9.50", "5.00"))
    [task] = DBTaskResult.objects.all()
    assert task.task.func(*task.args_kwargs["args"]) == "sent"
    assert run_worker() == []

    mail = receive(mail_server)
    assert (mail["To"], mail["Auto-Submitted"]) == ("ann@work.example", "auto-generated")
    found = re.search(rf"{ORIGIN}(/notifications/confirm\?token=\S+)", mail.get_content())
    assert found is not None
    client = Client()
    assert client.get(found[1]).status_code == 200
    channel.refresh_from_db()
    assert channel.confirmed_at is None

    assert client.post(found[1]).status_code == 200

    fire(reader, make_priced_book("9", "5", title="Persuasion"))
    assert run_worker() == ["sent"]
    assert receive(mail_server)["Subject"] == "Persuasion: £5.00"


def test_a_confirmation_is_repeated_while_the_mail_server_is_unavailable(reader: User, mail_server: MailServer) -> None:
    channel = make_channel(reader, "email", "ann@work.example", confirmed_at=None)
    request_confirmation(channel)
    mail_server.replies = {"RCPT": "451 busy"}
    assert send_confirmation.func(channel.pk) == "postponed"
    assert send_confirmation.func(channel.pk) == "not due"

    mail_server.replies = {}
    Channel.objects.update(confirmation_due_at=channel.created_at)
    retry_confirmations()
    [task] = DBTaskResult.objects.all()
    assert task.task.func(*task.args_kwargs["args"]) == "sent"
    receive(mail_server)


def test_confirmations_of_an_address_are_limited(reader: User) -> None:
    channel = make_channel(reader, "email", "victim@example.org", confirmed_at=None)
    for _ in range(5):
        request_confirmation(channel)
    with pytest.raises(Throttled):
        request_confirmation(channel)


@pytest.mark.parametrize("command", ["RCPT", "."])
def test_a_temporary_refusal_is_repeated(reader: User, channel: Channel, mail_server: MailServer, command: str) -> None:
    mail_server.replies = {command: "451 greylisted"}
    fire(reader, make_priced_book("9", "5"))
    assert run_worker() == ["failed"]
    mail_server.replies = {}
    Channel.objects.update(retry_at=None)

    assert run_worker() == ["sent"]
    receive(mail_server)


def test_a_lost_connection_repeats_the_mail_with_its_message_id(
    reader: User, channel: Channel, mail_server: MailServer
) -> None:
    """Without a reply to the message it is unknown whether the server has accepted it."""
    mail_server.replies = {".": ""}
    fire(reader, make_priced_book("9", "5"))
    assert run_worker() == ["failed"]
    mail_server.replies = {}
    Channel.objects.update(retry_at=None)
    assert run_worker() == ["sent"]

    first, second = mail_server.mails.get(timeout=30), mail_server.mails.get(timeout=30)
    assert first["Message-ID"] == second["Message-ID"]


def test_a_permanent_refusal_gives_the_mail_up(reader: User, channel: Channel, mail_server: MailServer) -> None:
    mail_server.replies = {"RCPT": "550 no such mailbox"}
    fire(reader, make_priced_book("9", "5"))

    assert run_worker() == ["failed"]

    assert Delivery.objects.get().state == "failed"
    channel.refresh_from_db()
    assert channel.failures == 1


def test_an_outage_of_the_mail_server_switches_no_channel_off(
    reader: User, channel: Channel, mail_server: MailServer
) -> None:
    fire(reader, make_priced_book("9", "5"))
    mail_server.replies = {"EHLO": "421 shutting down", "HELO": "421 shutting down"}
    for _ in range(12):
        assert run_worker() == ["failed"]
        Channel.objects.update(retry_at=None)

    channel.refresh_from_db()
    assert (channel.is_active, channel.failures) == (True, 0)
    mail_server.replies = {}
    assert run_worker() == ["sent"]
