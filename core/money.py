"""Amounts of money as text for people."""

from decimal import Decimal
from functools import lru_cache

from babel.numbers import format_currency, get_currency_precision, get_currency_symbol

LOCALE = "en_GB"


@lru_cache(maxsize=10_000)
def format_money(amount: Decimal, currency: str, *, whole: bool = False) -> str:
    """Returns for example £37.32, JP¥1,200 or 37.32 CHF: a currency without a symbol has its code after the amount.

    `currency` is an ISO 4217 code, which determines the decimals. An amount with more decimals keeps them. `whole`
    omits the decimals, for amounts that are whole numbers.

    Cached, because formatting the prices of a page takes a tenth of the page's time, and prices repeat.
    """
    number = "#,##0" if whole else "#,##0.00"
    pattern = f"{number}\u00a0¤" if get_currency_symbol(currency, LOCALE)[-1].isalpha() else f"¤{number}"
    return format_currency(
        amount, currency, pattern, locale=LOCALE, currency_digits=not whole, decimal_quantization=whole
    )


def format_difference(difference: Decimal, currency: str) -> str:
    """Returns the amount with its sign, for example −£4.10 or +£2.00."""
    sign = "−" if difference < 0 else "+" if difference > 0 else ""
    return sign + format_money(abs(difference), currency)


def smallest_unit(currency: str) -> Decimal:
    """Returns 0.01 for currencies with cents, and 1 for currencies without, such as JPY."""
    return Decimal(1).scaleb(-get_currency_precision(currency))
