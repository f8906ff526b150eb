"""Filters and columns shared by the lists of the admin."""

from decimal import Decimal
from typing import Any

from django.contrib import admin
from django.utils.html import format_html
from django.utils.safestring import SafeString

from core.money import format_money


class SelectListFilter(admin.RelatedFieldListFilter):
    """The choices of a related field in a select instead of one link each, because there may be hundreds."""

    template = "admin/select_filter.html"


def shorten_in_list(text: Any) -> SafeString:
    """One line of the text, shortened by the style sheet to the width of the column. Its tooltip is the whole text."""
    return format_html('<span class="one-line" title="{}">{}</span>', text, text)


def format_price(price: Decimal | None, currency: str | None) -> str:
    return "-" if price is None or currency is None else format_money(price, currency)
