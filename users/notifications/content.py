"""The content of a message, independent of its channel."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from users.models import Notification
from users.notifications.items import Item
from users.notifications.other_items import describe_others
from users.notifications.other_offers import replace_outdated_offers
from users.notifications.price_items import describe_prices

MAX_EVENTS = 20  # in a message; further ones are counted


@dataclass(frozen=True, slots=True)
class Content:
    """`more` is the number of further events that are not outdated."""

    subject: str
    items: list[Item]
    more: int

    @property
    def more_text(self) -> str:
        return f"and {self.more} more" if self.more else ""

    @property
    def is_about_several(self) -> bool:
        """Whether the subject names the number of events, and not the only one that is not outdated."""
        return sum(not item.is_outdated for item in self.items) > 1


def build_content(
    notifications: Sequence[Notification], zone: ZoneInfo, *, limit: int | None = MAX_EVENTS
) -> Content | None:
    """Returns None if all events are outdated. In a message with others they are last.

    A watch that fired several times has one event in the message. Without a limit, the message has all events.
    """
    items = describe(replace_outdated_offers(notifications), zone)
    if limit is not None:
        items = _keep_last(items)
    valid = [item for item in items if not item.is_outdated]
    if not valid:
        return None
    ordered = valid + [item for item in items if item.is_outdated]
    return Content(_make_subject(valid), ordered[:limit], more=len(valid) - len(valid[:limit]))


def _keep_last(items: list[Item]) -> list[Item]:
    """Of each watch the last event that is not outdated; if all are, the last one."""
    last: dict[tuple[str, int], Item] = {}
    for item in items:
        key = ("notification", item.notification) if item.watch is None else ("watch", item.watch)
        if key not in last or last[key].is_outdated or not item.is_outdated:
            last[key] = item
    kept = {item.notification for item in last.values()}
    return [item for item in items if item.notification in kept]


def describe(notifications: Collection[Notification], zone: ZoneInfo) -> list[Item]:
    """The number of queries does not depend on that of the notifications."""
    items = describe_prices(notifications, zone) | describe_others(notifications)
    return [items[each.pk] for each in notifications]


def _make_subject(items: list[Item]) -> str:
    if len(items) > 1:
        is_about_prices = all(item.kind == Notification.Kind.PRICE_WATCH for item in items)
        return f"{len(items)} watched prices" if is_about_prices else f"{len(items)} notifications"
    return items[0].subject
