"""Mails with notifications: headers, links, both forms of the text, and failures of the mail server."""

import re
from collections.abc import Callable

import pytest
from bs4 import BeautifulSoup
from django.test import Client
from pytest_django.fixtures import Settings

from tests.fakes.mail.server import MailServer
from tests.support.clients import make_client
from tests.users.notifications.events import ORIGIN, fire, fire_all, make_channel, make_priced_book, run_worker
from tests.users.notifications.mail_parts import read_part, receive
from users.models import Channel, ChannelMessage, Delivery, User
from users.notifications.confirmations import send_confirmation

pytestmark = pytest.mark.django_db


def test_a_mail_names_prices_target_lowest_and_time(reader: User, channel: Channel, mail_server: MailServer) -> None:
    book = make_priced_book("9.50", "5.00", title="Emma & <b>more</b>")
    fire(reader, book)
    assert run_worker() == ["sent"]

    mail = receive(mail_server)
    assert (mail["To"], mail["Subject"]) == ("ann@example.org", "Emma & <b>more</b>: £5.00")
    expected = [
        "£5.00", "£9.50", "Your watch: at or below £6.00",
        "This is the lowest price since 3 May 2026 (2 observations)", "Observed on 4 May 2026, 12:00 (UTC)",
    ]  # fmt: skip
    text = read_part(mail, "plain")
    page = BeautifulSoup(read_part(mail, "html"), "lxml")
    for line in expected:
        assert line in text
        assert line in page.get_text()
    assert ": £5.00\r\n  Before: £9.50\r\n" in text
    assert "before £9.50" in page.get_text()
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
