"""A killed worker loses no event, and repeats a message only with its key and its events."""

import json
import re
import time
from collections.abc import Iterable
from dataclasses import replace
from email.message import EmailMessage

import pytest

from tests.fakes.mail.server import MailServer, receiving_mail
from tests.fakes.receiver.app import Receiver
from tests.fakes.shop.server import serving
from tests.support.installation import Installation

pytestmark = pytest.mark.slow
EVENTS, EVENTS_IN_A_MESSAGE, KILLS = 200, 5, 10
STORE = """
from django.utils import timezone
from books.models import Book, PriceObservation
from users.models import Channel, PriceWatch, User
from users.notifications.event_rows import insert_events
from users.notifications.events import PriceEvent
user = User.objects.create_user(name="Ann", email="ann@example.org", password="p")
book = Book.objects.create(title="Emma", price=5, currency="GBP", availability="in_stock")
seen = PriceObservation.objects.create(book=book, price=5, currency="GBP")
for kind, address, secret in (("email", "ann@example.org", ""), ("webhook", "{url}", "whsec_MDEy")):
    Channel.objects.create(owner=user, kind=kind, address=address, secret=secret, confirmed_at=timezone.now())
watches = PriceWatch.objects.bulk_create(
    PriceWatch(user=user, book=book, rule="at_or_below", amount=number + 1, currency="GBP")
    for number in range({events})
)
insert_events([
    PriceEvent(
        observation=seen.pk, book=book.pk, title="Emma", rule=f"rule {{number}};",
        observed_at=seen.observed_at, new=seen.price, currency="GBP",
    ).to_event([(user.pk, watch.pk)])
    for number, watch in enumerate(watches)
])
"""
SEND = f"""
from datetime import timedelta
from users.models import Channel, Delivery, Notification
from users.notifications import messages, tasks
from users.notifications.dispatch import create_deliveries
messages.LEASE = timedelta(seconds=0.1)
messages.MAX_EVENTS = messages.MAX_EVENTS_OF_WEBHOOK = {EVENTS_IN_A_MESSAGE}
create_deliveries()
while Delivery.objects.filter(state="waiting").exists():
    tasks.STEP_SECONDS = 0.2
    for channel in Channel.objects.all():
        tasks.send_to_channel.func(channel.pk)
"""


def test_kill_9_loses_no_event_and_keeps_the_keys_of_repeated_messages(
    installation: Installation,
) -> None:
    receiver = Receiver()
    with serving(receiver) as url, receiving_mail() as mail_server:
        mailing = {"EMAIL_URL": mail_server.url, "PRIVATE_ADDRESSES": "true", "PUBLIC_URL": "http://localhost"}
        installed = replace(installation, environment={**installation.environment, **mailing})
        installed.manage("shell", "--command", STORE.format(url=url, events=EVENTS)).check_returncode()
        for kill in range(KILLS):
            process = installed.start("shell", "--command", SEND)
            expected = (kill * 2 + 1) * EVENTS // EVENTS_IN_A_MESSAGE // KILLS
            wait_for_messages(receiver, mail_server, expected)
            process.kill()
            process.communicate()
        installed.manage("shell", "--command", SEND).check_returncode()

        check_webhooks(receiver)
        check_mails(mail_server)
    assert installed.query("SELECT state, count(*) FROM users_delivery GROUP BY state") == [("sent", EVENTS * 2)]


def check_webhooks(receiver: Receiver) -> None:
    messages: dict[str, list[str]] = {}
    for request in receiver.requests:
        watches = sorted(event["data"]["rule"] for event in json.loads(request.body)["events"])
        assert messages.setdefault(request.headers["webhook-id"], watches) == watches
    assert_each_once(messages.values())


def check_mails(server: MailServer) -> None:
    messages: dict[str, list[str]] = {}
    while not server.mails.empty():
        mail = server.mails.get()
        assert messages.setdefault(mail["Message-ID"], read_rules(mail)) == read_rules(mail)
    assert_each_once(messages.values())


def read_rules(mail: EmailMessage) -> list[str]:
    body = mail.get_body(("plain",))
    assert body is not None
    return sorted(re.findall(r"rule \d+;", str(body.get_content())))


def assert_each_once(messages: Iterable[list[str]]) -> None:
    rules = sorted(rule for message in messages for rule in message)
    assert rules == sorted(f"rule {number};" for number in range(EVENTS))


def wait_for_messages(receiver: Receiver, server: MailServer, number: int) -> None:
    for _ in range(6_000):
        if len(receiver.requests) + server.mails.qsize() >= number:
            return
        time.sleep(0.01)
    raise AssertionError("Sending stopped.")
