"""The texts of messages."""

from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from tests.users.notifications.events import fire, make_priced_book
from users.models import Notification, User
from users.notifications.content import describe

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("rule", "target", "text"),
    [
        ("at or below £6.00", "6.00", "Your watch: at or below £6.00"),
        ("drop by 10%", "8.55", "Your watch: drop by 10% (£8.55 or less)"),
        ("any change of the price", None, "Your watch: any change of the price"),
    ],
)
def test_a_watch_is_described_with_its_target(reader: User, rule: str, target: str | None, text: str) -> None:
    fire(reader, make_priced_book("9.50", "5.00"), rule=rule, target=Decimal(target) if target else None)

    [item] = describe(list(Notification.objects.all()), ZoneInfo("UTC"))

    assert item.lines[1] == text
