"""The checks of the terms of a watch. Every function raises ValidationError with the field."""

from decimal import Decimal
from typing import Protocol

from rest_framework.exceptions import ValidationError

from books.input_rules import find_price_errors
from books.models import Book
from core.money import format_money
from users.models import WatchRule, WatchScope
from users.models.watch import AMOUNT_RULES, MAX_PERCENT, MIN_PERCENT
from users.watches.market import Market


class Terms(Protocol):
    @property
    def rule(self) -> str: ...
    @property
    def scope(self) -> str: ...
    @property
    def amount(self) -> Decimal | None: ...
    @property
    def currency(self) -> str | None: ...
    @property
    def percent(self) -> int | None: ...


def check_terms(book: Book, terms: Terms) -> None:
    """Whether the rule has the value that it needs, and no other."""
    _check_amount(terms)
    _check_percent(terms)
    if terms.scope == WatchScope.WORK and not (book.work_key or book.isbn_13):
        raise ValidationError({"scope": "No other rows of this book are known: it has no work key and no ISBN."})


def _check_amount(terms: Terms) -> None:
    if terms.rule not in AMOUNT_RULES:
        if terms.amount is not None:
            raise ValidationError({"amount": f"The rule {terms.rule} has no amount."})
    elif terms.amount is None or terms.amount <= 0:
        raise ValidationError({"amount": "Enter an amount above zero."})
    elif terms.currency is None:
        raise ValidationError({"currency": "State the currency of the amount, such as GBP."})
    if errors := find_price_errors(terms.amount, terms.currency, name="amount"):
        raise ValidationError(errors)


def _check_percent(terms: Terms) -> None:
    if terms.rule != WatchRule.DROP_PERCENT:
        if terms.percent is not None:
            raise ValidationError({"percent": f"The rule {terms.rule} has no per cent."})
    elif terms.percent is None or not MIN_PERCENT <= terms.percent <= MAX_PERCENT:
        raise ValidationError({"percent": f"Enter a whole number from {MIN_PERCENT} to {MAX_PERCENT}."})


def check_market(market: Market, terms: Terms, *, start: Decimal | None = None) -> None:
    """Whether there are prices in the currency. A book without a price may get any.

    `start` is the price from which a drop is counted, if the watch has one already.
    """
    if terms.currency is None:
        return
    currencies = sorted({each.currency for each in market.offers if each.currency})
    if currencies and terms.currency not in currencies:
        stated = " and ".join(currencies)
        raise ValidationError({"currency": f"The price is in {stated}. Amounts of other currencies are not compared."})
    if terms.rule == WatchRule.DROP_AMOUNT:
        _check_drop(market, terms.amount, terms.currency, start)


def _check_drop(market: Market, amount: Decimal | None, currency: str, start: Decimal | None) -> None:
    offer = market.find_cheapest(currency)
    price = offer.price if offer and start is None else start
    if amount is not None and price is not None and amount >= price:
        text = f"The price {'is' if start is None else 'at the beginning was'} {format_money(price, currency)}"
        raise ValidationError({"amount": f"{text}, so it cannot drop by as much. Enter a lower amount."})
