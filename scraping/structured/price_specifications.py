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
# Of UN/CEFACT Recommendation 20, and in words.
PIECES = frozenset({"c62", "ea", "each", "h87", "item", "items", "nmb", "pc", "pce", "pcs", "piece", "pieces", "unit"})
ONE = re.compile(r"1(?:\.0*)?")


def find_current_specifications(specifications: Iterable[Node]) -> tuple[Node, ...]:
    """Without list prices, prices of members, of larger quantities, of a unit of weight, and of delivery."""
    return tuple(each for each in specifications if _is_current(each))


def is_net(offer: Node) -> bool:
    """Whether the offer or one of its current price specifications excludes value added tax."""
    specifications = find_current_specifications(offer.nodes("pricespecification"))
    stated = (word for each in (offer, *specifications) for word in each.words("valueaddedtaxincluded"))
    return any(word in {"false", "0", "no"} for word in stated)


def has_conditions(node: Node) -> bool:
    """Whether a price is for members or for another quantity than one piece."""
    if any(node.properties.get(name) for name in CONDITIONS) or not _is_of_pieces(node):
        return True
    quantities = [value for name in QUANTITIES for value in node.properties.get(name, ())]
    return not all(_is_one(value) for value in quantities)


def _is_current(specification: Node) -> bool:
    has_type = not specification.types or bool(specification.types & TYPES)
    price_types = specification.words("pricetype")
    return has_type and CURRENT_PRICES.issuperset(price_types) and not has_conditions(specification)


def _is_one(quantity: str | Node) -> bool:
    if isinstance(quantity, str):
        return bool(ONE.fullmatch(quantity.strip()))
    texts = [text for name in ("value", "minvalue") for text in quantity.texts(name)]
    return _is_of_pieces(quantity) and all(ONE.fullmatch(text) for text in texts)


def _is_of_pieces(node: Node) -> bool:
    """Whether the unit of a price or quantity is one piece: not a kilogram, and not a month."""
    units = [*node.words("unitcode"), *node.words("unittext")]
    return all(unit in PIECES for unit in units)
