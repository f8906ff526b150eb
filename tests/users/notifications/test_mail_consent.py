"""Confirming the address of mails, and unsubscribing from them."""

import re
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.test import Client
from django_tasks_db.models import DBTaskResult
from rest_framework.exceptions import Throttled

from tests.fakes.mail.server import MailServer
from tests.support.factories import make_user
from tests.users.notifications.events import ORIGIN, fire, make_channel, make_priced_book, run_worker
from tests.users.notifications.mail_parts import path_of, receive
from users.models import Channel, User
from users.notifications.channels import NewChannel, add_channel
from users.notifications.confirmations import request_confirmation, retry_confirmations, send_confirmation

pytestmark = pytest.mark.django_db


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


def test_a_channel_whose_confirmation_is_refused_is_not_added(reader: User) -> None:
    """Otherwise a repetition would be refused as a second channel with the same address."""
    other = make_channel(make_user(), "email", "victim@example.org", confirmed_at=None)
    for _ in range(5):
        request_confirmation(other)

    with pytest.raises(Throttled):
        add_channel(NewChannel(kind="email", address="victim@example.org"), owner=reader, origin="")

    assert list(Channel.objects.all()) == [other]
