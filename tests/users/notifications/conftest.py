"""A reader, a channel for mails, and a receiver of webhooks and ntfy messages."""

from collections.abc import Iterator

import pytest
from pytest_django.fixtures import Settings

from tests.fakes.receiver.app import Receiver
from tests.fakes.shop.server import serving
from tests.support.factories import make_user
from tests.users.notifications.events import make_channel
from users.models import Channel, User


@pytest.fixture
def reader(db: None) -> User:
    return make_user(email="ann@example.org", name="Ann")


@pytest.fixture
def channel(reader: User) -> Channel:
    """Sends mails."""
    return make_channel(reader, "email", "ann@example.org")


@pytest.fixture
def receiver() -> Receiver:
    return Receiver()


@pytest.fixture
def receiver_url(receiver: Receiver, settings: Settings) -> Iterator[str]:
    settings.PRIVATE_ADDRESSES = True
    with serving(receiver) as url:
        yield url
