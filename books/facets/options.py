"""The choices that each facet offers, without counts.

Prices of several currencies are compared as numbers, as the filters `min_price` and `max_price` do. The labels of price
ranges therefore name no currency.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise
from typing import Any

from books.filters import list_source_choices, parse_id
from books.models import Category
from core.text import fold_to_key

PRICE_BOUNDS = (10, 20, 30, 40, 50)
PARAMETERS = {
    "category": ("category",),
    "price": ("min_price", "max_price"),
    "rating": ("rating",),
    "in_stock": ("in_stock",),
    "available": ("available",),
    "source": ("source",),
}
LABELS = {
    "category": "Category",
    "price": "Price",
    "rating": "Rating",
    "in_stock": "Stock",
    "available": "Listing",
    "source": "Source",
}


@dataclass(frozen=True, slots=True)
class Option:
    """A choice of a facet: typed values of CatalogueFilter's parameters."""

    label: str
    values: dict[str, Any]
    category_ids: frozenset[int] = frozenset()  # that a category's name selects


class Categories:
    """All categories, in the order of their names, by folded name. Different names can fold alike."""

    def __init__(self) -> None:
        self._by_name: dict[str, dict[int, str]] = {}
        for key, name, name_key in Category.objects.values_list("pk", "name", "name_key"):
            self._by_name.setdefault(name_key or "", {})[key] = name

    def find(self, text: str) -> frozenset[int]:
        """The ids of the categories that the filter `category` selects."""
        key = parse_id(text)
        by_id = {key} if key is not None and any(key in names for names in self._by_name.values()) else set()
        return frozenset({*self._by_name.get(fold_to_key(text), ()), *by_id})

    def options(self) -> list[Option]:
        """One option for each folded name. A name that folds to nothing is no value of the filter: its id is one."""
        return [self._create_option(name_key, *next(iter(names.items()))) for name_key, names in self._by_name.items()]

    def _create_option(self, name_key: str, key: int, name: str) -> Option:
        text = name if name_key else str(key)
        return Option(name, {"category": text}, self.find(text))


def list_options(categories: Categories) -> dict[str, list[Option]]:
    """The options of each facet. Neighbouring price ranges share their bound, because both filters include it."""
    limits = [None, *map(Decimal, PRICE_BOUNDS), None]
    return {
        "category": categories.options(),
        "price": [price_option(lowest, highest) for lowest, highest in pairwise(limits)],
        "rating": [Option(describe_rating(rating), {"rating": rating}) for rating in range(5, 0, -1)],
        "in_stock": [Option("In stock", {"in_stock": True}), Option("Out of stock", {"in_stock": False})],
        "available": [Option("Still listed", {"available": True}), Option("No longer listed", {"available": False})],
        "source": [Option(label, {"source": name}) for name, label in list_source_choices()],
    }


def price_option(lowest: Decimal | None, highest: Decimal | None) -> Option:
    bounds = {"min_price": lowest, "max_price": highest}
    values = {name: value for name, value in bounds.items() if value is not None}
    return Option(describe_prices(lowest, highest), values)


def describe_prices(lowest: Decimal | None, highest: Decimal | None) -> str:
    if lowest is None or highest is None:
        return f"up to {to_text(highest)}" if lowest is None else f"{to_text(lowest)} and more"
    return f"{to_text(lowest)} to {to_text(highest)}"


def describe_rating(rating: int) -> str:
    return "1 star" if rating == 1 else f"{rating} stars"


def to_text(value: Any) -> str:
    """The value as a query parameter; a price has no decimals if it is a whole number."""
    if isinstance(value, Decimal):
        return f"{value:.0f}" if value == value.to_integral_value() else f"{value:.2f}"
    return str(value).lower() if isinstance(value, bool) else str(value)


def select_values(values: Mapping[str, Any], names: Iterable[str]) -> dict[str, Any]:
    return {name: values[name] for name in names if name in values}
