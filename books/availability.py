"""Whether a source can deliver a book. No Django."""

from collections.abc import Collection
from enum import StrEnum


class Availability(StrEnum):
    """The values follow schema.org's ItemAvailability. UNKNOWN: the source states nothing."""

    IN_STOCK = "in_stock"
    OUT_OF_STOCK = "out_of_stock"
    PREORDER = "preorder"  # not published yet
    BACKORDER = "backorder"  # sold out; an order is delivered when there are new copies
    UNKNOWN = "unknown"


LABELS = {
    Availability.IN_STOCK: "in stock",
    Availability.OUT_OF_STOCK: "sold out",
    Availability.PREORDER: "preorder",
    Availability.BACKORDER: "backorder",
    Availability.UNKNOWN: "not stated",
}
CHOICES = [(each.value, label[0].upper() + label[1:]) for each, label in LABELS.items()]
MAX_LENGTH = 16
SOLD_OUT = frozenset({Availability.OUT_OF_STOCK, Availability.BACKORDER})


def is_in_stock(availability: str) -> bool | None:
    """None if it is unknown."""
    return None if availability == Availability.UNKNOWN else availability == Availability.IN_STOCK


def from_in_stock(in_stock: bool | None) -> Availability:  # noqa: FBT001  the value of a field
    """For sources that state only whether they have the book in stock."""
    if in_stock is None:
        return Availability.UNKNOWN
    return Availability.IN_STOCK if in_stock else Availability.OUT_OF_STOCK


def list_values(*, in_stock: bool) -> Collection[str]:
    """The availabilities for which `is_in_stock` has this value."""
    return [each.value for each in Availability if is_in_stock(each) is in_stock]


def describe_limit(availability: str) -> str:
    """For example "sold out"; empty if the book is in stock or the source states nothing."""
    is_limited = availability not in {Availability.IN_STOCK, Availability.UNKNOWN}
    return LABELS[Availability(availability)] if is_limited else ""


def describe(availability: str, stock: int | None) -> str:
    """For example "19 in stock", "in stock", "sold out"; empty if the source states neither."""
    if availability == Availability.UNKNOWN:
        return f"{stock} in stock" if stock else ""
    if availability == Availability.IN_STOCK and stock:
        return f"{stock} in stock"
    return LABELS[Availability(availability)]
