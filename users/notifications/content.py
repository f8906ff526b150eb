"""The content of a message, independent of its channel."""

from collections.abc import Callable, Collection
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.urls import reverse

from users.models import Notification
from users.notifications.lines import isolate, shorten, to_line
from users.notifications.price_facts import BACK_IN_STOCK, PriceFacts, format_price, load_price_facts

MAX_SHOWN = 20  # events in a message; further ones are counted
MAX_TITLE_OF_SUBJECT = 80  # characters
Kind = Notification.Kind


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """An event as text. `data` are its facts for programs. `path` is the page about it.

    `change` is the new price or the availability, and `before` the earlier price. `notice` says what has changed since.
    """

    notification: int
    watch: int | None = None
    kind: str
    title: str
    change: str = ""
    before: str = ""
    notice: str = ""
    details: list[str] = field(default_factory=list)
    path: str
    is_outdated: bool = False
    data: dict[str, Any]

    @property
    def heading(self) -> str:
        return f"{isolate(self.title)}: {self.change}" if self.change else self.title

    @property
    def summary(self) -> str:
        """The heading for programs, without characters for its display."""
        return f"{self.title}: {self.change}" if self.change else self.title

    @property
    def lines(self) -> list[str]:
        prices = f"{self.change}, before {self.before}" if self.before else ""
        return [line for line in (self.notice, prices, *self.details) if line]

    @property
    def subject(self) -> str:
        return replace(self, title=shorten(self.title, MAX_TITLE_OF_SUBJECT)).heading


@dataclass(frozen=True, slots=True)
class Content:
    """`more` is the number of events that are not shown."""

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
    notifications: Collection[Notification], zone: ZoneInfo, *, limit: int = MAX_SHOWN, keeps_all: bool = False
) -> Content | None:
    """Returns None if all events are outdated. In a message with others they are last.

    A watch that fired several times has one event in the message, unless `keeps_all`.
    """
    items = describe(notifications, zone)
    if not keeps_all:
        items = _keep_last(items)
    valid = [item for item in items if not item.is_outdated]
    if not valid:
        return None
    ordered = valid + [item for item in items if item.is_outdated]
    return Content(_make_subject(valid), ordered[:limit], max(0, len(ordered) - limit))


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
    watched = [each for each in notifications if each.kind == Kind.PRICE_WATCH]
    facts = load_price_facts(watched) if watched else {}
    return [
        _describe_price(each, facts[each.pk], zone) if each.pk in facts else DESCRIPTIONS[each.kind](each)
        for each in notifications
    ]


def _make_subject(items: list[Item]) -> str:
    if len(items) > 1:
        is_about_prices = all(item.kind == Kind.PRICE_WATCH for item in items)
        return f"{len(items)} watched prices" if is_about_prices else f"{len(items)} notifications"
    return items[0].subject


def _describe_price(notification: Notification, facts: PriceFacts, zone: ZoneInfo) -> Item:
    return Item(
        notification=notification.pk,
        watch=notification.watch_id,
        kind=notification.kind,
        title=to_line(facts.title),
        change=_describe_change(facts),
        before="" if facts.old is None or facts.rule == BACK_IN_STOCK else format_price(facts.old, facts.currency),
        notice=_describe_outdated(facts),
        details=_describe_details(facts, zone),
        path=reverse("web:book", args=[facts.book]),
        is_outdated=facts.is_outdated,
        data=_price_data(notification, facts),
    )


def _describe_change(facts: PriceFacts) -> str:
    new = format_price(facts.new, facts.currency)
    if facts.rule == BACK_IN_STOCK:
        return "in stock" if facts.new is None else f"in stock at {new}"
    return "in stock" if facts.new is None else new


def _describe_details(facts: PriceFacts, zone: ZoneInfo) -> list[str]:
    was_priced = facts.rule == BACK_IN_STOCK and facts.old is not None
    lines = [
        f"The price before was {format_price(facts.old, facts.currency)}" if was_priced else "",
        f"Your watch: {to_line(_describe_watch(facts))}",
        _describe_lowest(facts, zone),
        f"Observed on {format_time(facts.observed_at, zone)}",
    ]
    return [line for line in lines if line]


def _describe_watch(facts: PriceFacts) -> str:
    """The rule, with the target if the rule does not name it, such as "drop by 10% (£6.00 or less)"."""
    if facts.target is None:
        return facts.rule
    target = format_price(facts.target, facts.currency)
    return facts.rule if facts.rule == f"at or below {target}" else f"{facts.rule} ({target} or less)"


def _describe_outdated(facts: PriceFacts) -> str:
    current = format_price(facts.current, facts.current_currency)
    if facts.is_outdated:
        return f"No longer: now {current}, {facts.limit}" if facts.limit else f"No longer: now {current}"
    has_changed = facts.new is not None and facts.current != facts.new
    return f"Changed since: now {current}" if has_changed else ""


def _describe_lowest(facts: PriceFacts, zone: ZoneInfo) -> str:
    if facts.lowest is None:
        return ""
    price = (
        "This is the lowest price" if facts.is_lowest else f"Lowest: {format_price(facts.lowest.price, facts.currency)}"
    )
    since = facts.lowest.since.astimezone(zone)
    return f"{price} since {since.day} {since:%B %Y} ({facts.lowest.observations} observations)"


def format_time(moment: datetime, zone: ZoneInfo) -> str:
    local = moment.astimezone(zone)
    return f"{local.day} {local:%B %Y, %H:%M} ({zone.key.replace('_', ' ')})"


def _price_data(notification: Notification, facts: PriceFacts) -> dict[str, Any]:
    lowest = facts.lowest
    return {
        **notification.payload,
        "title": facts.title,
        "current": None if facts.current is None else str(facts.current),
        "current_currency": facts.current_currency,
        "is_outdated": facts.is_outdated,
        "lowest": str(lowest.price) if lowest else notification.payload["lowest"],
        "lowest_since": lowest.since.isoformat() if lowest else None,
        "observations": lowest.observations if lowest else None,
    }


def _describe_run(notification: Notification) -> Item:
    payload = notification.payload
    ending = "was rejected" if notification.kind == Kind.RUN_REJECTED else "failed"
    path = reverse("web:run", args=[payload["run"]])
    return _make_item(notification, f"The crawl of {payload['site']} {ending}", [payload["reason"] or ""], path)


def _describe_pause(notification: Notification) -> Item:
    payload = notification.payload
    lines = [payload.get("reason") or ""]
    return _make_item(notification, f"The shop {payload['site']} was paused", lines, reverse("web:runs"))


def _describe_reviews(notification: Notification) -> Item:
    heading = "Prices wait for your review"
    return _make_item(notification, heading, [], reverse("admin:books_heldprice_changelist"))


def _describe_disabled(notification: Notification) -> Item:
    payload = notification.payload
    lines = [payload["reason"], f"Last error: {payload['error']}" if payload["error"] else ""]
    heading = f"A channel was switched off: {payload['name']}"
    return _make_item(notification, heading, lines, reverse("web:account-notifications"))


def _describe_test(notification: Notification) -> Item:
    lines = ["This channel works. Notifications about your watched prices will look like this."]
    return _make_item(notification, "Test message from Colophon", lines, reverse("web:notifications"))


def _make_item(notification: Notification, heading: str, lines: list[str], path: str) -> Item:
    return Item(
        notification=notification.pk,
        kind=notification.kind,
        title=to_line(heading),
        details=[to_line(line) for line in lines if line],
        path=path,
        data=notification.payload,
    )


DESCRIPTIONS: dict[str, Callable[[Notification], Item]] = {
    Kind.RUN_FAILED: _describe_run,
    Kind.RUN_REJECTED: _describe_run,
    Kind.SHOP_PAUSED: _describe_pause,
    Kind.REVIEW_WAITING: _describe_reviews,
    Kind.CHANNEL_DISABLED: _describe_disabled,
    Kind.TEST: _describe_test,
}
