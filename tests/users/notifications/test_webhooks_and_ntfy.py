"""What receivers of webhooks and ntfy topics get."""

import base64
import hashlib
import hmac
import json
from email.header import decode_header, make_header

import pytest

from tests.fakes.receiver.app import ReceivedRequest, Receiver
from tests.users.notifications.events import (
    MAY,
    ORIGIN,
    fire,
    make_channel,
    make_priced_book,
    run_worker,
    state_again,
)
from users.models import ChannelMessage, User

pytestmark = pytest.mark.django_db


def is_signed(request: ReceivedRequest, secret: str) -> bool:
    """Verifies a request as docs/notifications.md describes it."""
    key = base64.b64decode(secret.removeprefix("whsec_"))
    signed = f"{request.headers['webhook-id']}.{request.headers['webhook-timestamp']}.".encode() + request.body
    expected = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
    return hmac.compare_digest(f"v1,{expected}", request.headers["webhook-signature"])


def test_a_webhook_is_signed(reader: User, receiver: Receiver, receiver_url: str) -> None:
    channel = make_channel(reader, "webhook", f"{receiver_url}hook")
    fire(reader, make_priced_book("9.50", "5.00"))
    run_worker()

    [request] = receiver.requests
    key = str(ChannelMessage.objects.get().key)
    assert (request.method, request.path) == ("POST", "/hook")
    assert request.headers["webhook-id"] == request.headers["idempotency-key"] == key
    assert is_signed(request, channel.secret)
    changed = ReceivedRequest(request.method, request.path, request.headers, request.body.replace(b"5.00", b"4.00"))
    assert not is_signed(changed, channel.secret)


def test_a_webhook_states_the_facts_of_the_event(reader: User, receiver: Receiver, receiver_url: str) -> None:
    make_channel(reader, "webhook", receiver_url)
    book = make_priced_book("9.50", "5.00")
    fire(reader, book)
    state_again(book, "5.50")
    run_worker()

    body = json.loads(receiver.requests[0].body)
    [event] = body["events"]
    assert (body["type"], event["kind"]) == ("notifications", "price_watch")
    assert event["url"] == f"{ORIGIN}/book/{book.pk}"
    assert event["data"] == {
        "book": book.pk, "title": "Emma", "source": "manual", "rule": "at or below £6.00", "currency": "GBP",
        "in_stock": None, "old": "9.50", "new": "5.00", "target": "6", "current": "5.50", "current_currency": "GBP",
        "is_outdated": False, "observed_at": MAY.replace(day=4).isoformat(), "lowest": "5.00",
        "lowest_since": MAY.isoformat(), "observations": 3,
    }  # fmt: skip


def test_ntfy_gets_title_link_priority_and_tags(reader: User, receiver: Receiver, receiver_url: str) -> None:
    make_channel(reader, "ntfy", f"{receiver_url}my-topic", secret="tk_secret")
    book = make_priced_book("9.50", "5.00", title="Émile")
    fire(reader, book)
    run_worker()

    [request] = receiver.requests
    headers = request.headers
    assert (request.method, request.path) == ("POST", "/my-topic")
    assert str(make_header(decode_header(headers["title"]))) == "Émile: £5.00"
    assert headers["click"] == f"{ORIGIN}/book/{book.pk}"
    assert (headers["priority"], headers["tags"]) == ("3", "books")
    assert headers["authorization"] == "Bearer tk_secret"
    assert headers["x-sequence-id"] == ChannelMessage.objects.get().key.hex
    assert request.body.decode() == (
        "Émile: £5.00\nBefore: £9.50\nYour watch: at or below £6.00\n"
        "This is the lowest price since 3 May 2026 (2 observations)\nObserved on 4 May 2026, 12:00 (UTC)"
    )


@pytest.mark.parametrize("title", ["Emma\r\nX-Evil: 1", "Emma\x00\x1b[31m", "Emma \u202egnp.exe", "E" * 500])
def test_hostile_titles_stay_in_one_header(reader: User, receiver: Receiver, receiver_url: str, title: str) -> None:
    make_channel(reader, "ntfy", f"{receiver_url}topic")
    book = make_priced_book("9", "5", title=title.replace("\x00", ""))
    fire(reader, book)

    assert run_worker() == ["sent"]

    headers = receiver.requests[0].headers
    assert "x-evil" not in headers
    assert str(make_header(decode_header(headers["title"]))).isprintable()
    assert len(headers["title"]) < 1_000


def test_a_title_may_not_fill_the_message(reader: User, receiver: Receiver, receiver_url: str) -> None:
    make_channel(reader, "ntfy", f"{receiver_url}topic")
    for _ in range(5):
        fire(reader, make_priced_book("9", "5", title="€" * 500))

    assert run_worker() == ["sent"]

    assert len(receiver.requests[0].body) <= 4_000
    receiver.requests[0].body.decode()
