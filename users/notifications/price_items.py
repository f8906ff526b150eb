"""The text of events of price watches."""

from collections.abc import Collection
from datetime import datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django.urls import reverse

from users.models import Notification
from users.notifications.items import Item
from users.notifications.lines import to_line
from users.notifications.price_facts import BACK_IN_STOCK, PriceFacts, format_price, load_price_facts


def describe_prices(notifications: Collection[Notification], zone: ZoneInfo) -> dict[int, Item]:
    """The items of the notifications of this kind, by primary key."""
    watched = [each for each in notifications if each.kind == Notification.Kind.PRICE_WATCH]
    facts = load_price_facts(watched) if watched else {}
    return {each.pk: _describe_price(each, facts[each.pk], zone) for each in watched}


def _describe_price(notification: Notification, facts: PriceFacts, zone: ZoneInfo) -> Item:
    return Item(
        notification=notification.pk,
        watch=notification.watch_id,
        kind=notification.kind,
        title=to_line(facts.title),
        change=_describe_change(facts),
        before="" if facts.old is None or facts.rule == BACK_IN_STOCK else format_price(facts.old, facts.currency),
        notice=_describe_replaced(notification) or _describe_outdated(facts),
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
        _describe_observation(facts, zone),
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


def _describe_replaced(notification: Notification) -> str:
    """The first offer, if users.notifications.other_offers found another one."""
    replaced = notification.payload.get("replaces")
    if not replaced:
        return ""
    price = "" if replaced["new"] is None else f" of {format_price(Decimal(replaced['new']), replaced['currency'])}"
    return f"Another offer of the work, because the offer{price} has ended"


def _describe_lowest(facts: PriceFacts, zone: ZoneInfo) -> str:
    if facts.lowest is None:
        return ""
    price = (
        "This is the lowest price"
        if facts.is_lowest
        else f"Lowest: {format_price(facts.lowest.lowest, facts.currency)}"
    )
    since = facts.lowest.since.astimezone(zone)
    return f"{price} since {since.day} {since:%B %Y} ({facts.lowest.observations} observations)"


def _describe_observation(facts: PriceFacts, zone: ZoneInfo) -> str:
    place = f" at {to_line(facts.shop)}" if facts.shop else ""
    return f"Observed{place} on {format_time(facts.observed_at, zone)}"


def format_time(moment: datetime, zone: ZoneInfo) -> str:
    local = moment.astimezone(zone)
    return f"{local.day} {local:%B %Y, %H:%M} ({zone.key.replace('_', ' ')})"


def _price_data(notification: Notification, facts: PriceFacts) -> dict[str, Any]:
    lowest = facts.lowest
    return {
        **notification.payload,
        "title": facts.title,
        "source": facts.source,
        "current": None if facts.current is None else str(facts.current),
        "current_currency": facts.current_currency,
        "is_outdated": facts.is_outdated,
        "lowest": str(lowest.lowest) if lowest else notification.payload["lowest"],
        "lowest_since": lowest.since.isoformat() if lowest else None,
        "observations": lowest.observations if lowest else None,
    }
