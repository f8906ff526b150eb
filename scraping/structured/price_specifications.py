"""Which price specifications state the price to pay (https://schema.org/PriceSpecification)."""

import re
from collections.abc import Iterable

from scraping.structured.node import Node

TYPES = frozenset({"pricespecification", "unitpricespecification"})
CURRENT_PRICES = frozenset({"saleprice"})  # of schema.org's PriceTypeEnumeration
CONDITIONS = (
    "eligibletransactionvolume",
    "validformembertier",
    "billingduration",
    "billingincrement",
    "eligibleduration",
    "leaselength",
)
QUANTITIES = ("eligiblequantity", "referencequantity")
ONE = re.compile(r"1(?:\.0*)?")


def find_current_specifications(specifications: Iterable[Node]) -> tuple[Node, ...]:
    """Without list prices, prices of members, of larger quantities, of a unit of weight, and of delivery."""
    return tuple(each for each in specifications if _is_current(each))


def is_net(offer: Node) -> bool:
    """Whether the offer or one of its current price specifications excludes value added tax."""
    specifications = find_current_specifications(offer.nodes("pricespecification"))
    return any(_is_false(text) for each in (offer, *specifications) for text in each.texts("valueaddedtaxincluded"))


def has_conditions(node: Node) -> bool:
    """Whether a price is for members or for another quantity than one."""
    if any(node.properties.get(name) for name in CONDITIONS):
        return True
    quantities = [value for name in QUANTITIES for value in node.properties.get(name, ())]
    return not all(_is_one(value) for value in quantities)


def _is_current(specification: Node) -> bool:
    price_types = {_last_part(text) for text in specification.texts("pricetype")}
    price_types |= {str(node.identifier) for node in specification.nodes("pricetype")}
    has_type = not specification.types or bool(specification.types & TYPES)
    return has_type and price_types <= CURRENT_PRICES and not has_conditions(specification)


def _is_one(quantity: str | Node) -> bool:
    if isinstance(quantity, str):
        return bool(ONE.fullmatch(quantity.strip()))
    texts = [text for name in ("value", "minvalue") for text in quantity.texts(name)]
    return all(ONE.fullmatch(text) for text in texts)


def _is_false(text: str) -> bool:
    return _last_part(text) in {"false", "0", "no"}


def _last_part(text: str) -> str:
    return text.rstrip("/").rpartition("/")[2].strip().lower()
