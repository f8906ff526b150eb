"""The plausibility check for prices. Pure functions."""

from decimal import Decimal

MAX_FACTOR = 5  # up or down, relative to the previous price


def find_doubt(
    price: Decimal | None, currency: str | None, previous: tuple[Decimal | None, str | None], text: str | None = None
) -> str | None:
    """Returns the reason to hold a price for review, or None for a plausible one.

    `previous` is the last accepted price and currency; `text` is the source's text if it is not readable as a price.
    """
    if text is not None:
        return f"The price is not readable: “{text}”."
    if price == 0:
        return "The price is zero."
    return None if price is None else _compare(price, currency, previous)


def _compare(price: Decimal, currency: str | None, previous: tuple[Decimal | None, str | None]) -> str | None:
    last, last_currency = previous
    if last is None:
        return None
    if currency != last_currency:
        return f"The currency changed from {last_currency} to {currency}."
    if last and not last / MAX_FACTOR <= price <= last * MAX_FACTOR:
        direction = "up" if price > last else "down"
        return f"The price went {direction} by more than a factor of {MAX_FACTOR} from {last} {currency}."
    return None
