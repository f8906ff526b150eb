"""Filters for price watches: their rules and states in words."""

from django import template
from django.utils.dateformat import format as format_date
from django.utils.timezone import localtime

from books.availability import describe_limit
from core.money import format_money
from users.models import PriceWatch, WatchRule
from users.watches.descriptions import describe_rule
from users.watches.market import Offer
from users.watches.overview import Overview

register = template.Library()


@register.filter
def rule_text(watch: PriceWatch) -> str:
    """Such as "At or below £10.00"."""
    text = describe_rule(watch)
    return f"{text[0].upper()}{text[1:]}"


@register.filter
def offer_text(offer: Offer | None) -> str:
    """Price and availability, as far as they are known."""
    if offer is None:
        return "no price yet"
    price = "no price" if offer.price is None or offer.currency is None else format_money(offer.price, offer.currency)
    if not offer.is_listed:
        return f"{price}, no longer listed"
    limit = describe_limit(offer.availability)
    return f"{price}, {limit}" if limit else price


@register.filter
def state_text(overview: Overview) -> str:
    """A sentence about the condition, without its full stop."""
    current, watch = overview.current, overview.watch
    if overview.is_met:
        reached = "It is in stock now" if watch.rule == WatchRule.BACK_IN_STOCK else "The condition is true now"
        return f"{reached}: {offer_text(current)}"
    return f"It is {offer_text(current)} now"


@register.filter
def target_text(overview: Overview) -> str:
    """The price at which the watch fires; empty if the rule has none."""
    if overview.target is None or overview.watch.currency is None:
        return ""
    return format_money(overview.target, overview.watch.currency)


@register.filter
def lowest_text(overview: Overview) -> str:
    """Such as "£8.00 since 3 May 2026 (14 observations)"; empty if there is no price."""
    lowest, currency = overview.lowest, overview.watch.currency or (overview.current and overview.current.currency)
    if lowest is None or not currency:
        return ""
    number = f"{lowest.observations} observation{'' if lowest.observations == 1 else 's'}"
    return f"{format_money(lowest.lowest, currency)} since {format_date(localtime(lowest.since), 'j M Y')} ({number})"


@register.filter
def currency_text(overview: Overview) -> str:
    """What to do if the price is in another currency now, which the watch does not compare; else empty."""
    if (currency := overview.other_currency) is None:
        return ""
    return f"The price is in {currency} now. To watch it in {currency}, delete this watch and add another one."


@register.filter
def state_label(overview: Overview) -> str:
    if overview.watch.is_paused:
        return "Paused"
    if overview.watch.rule == WatchRule.ANY_CHANGE:
        return "Waiting"
    return "Reached" if overview.is_met else "Waiting"
