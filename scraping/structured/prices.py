"""The price of a product: all statements of the page must agree."""

from collections.abc import Iterable, Sequence
from itertools import chain

from scraping.structured.extraction import Doubt, Hints, doubt
from scraping.structured.money import can_mean
from scraping.structured.node import Node
from scraping.structured.offers import OfferChoice
from scraping.structured.price_statement import Price, Reading, find_fault, read_bounds, read_offer_price


def read_choice(product: Node, choice: OfferChoice, hints: Hints) -> list[Reading]:
    """All prices that one node of the product states."""
    if choice.doubt:
        return [choice.doubt]
    stated = [read_offer_price(offer, hints) for offer in choice.offers]
    if any(stated) and not all(stated):
        return [doubt("price", "not all offers of the page state a price", _quote(chain(*stated)))]
    readings = [*chain(*stated)]
    readings += [reading for offer in choice.aggregates for reading in _read_aggregate(offer, choice, hints)]
    price = agree(readings)
    if isinstance(price, Price):
        readings += [_contradict(price, text) for text in product.texts("price") if not _is_equal(price, text)]
    return readings


def _read_aggregate(aggregate: Node, choice: OfferChoice, hints: Hints) -> list[Reading]:
    """The lowest and the highest price, which count only if all offers of the aggregate do."""
    if set(aggregate.nodes("offers")) <= set(choice.offers):
        return read_bounds(aggregate, hints)
    fault = find_fault(aggregate)
    return [fault] if fault else []


def agree(readings: Sequence[Reading]) -> Reading | None:
    """The price that all readings state, otherwise the doubt. None without readings."""
    prices = [reading for reading in readings if isinstance(reading, Price)]
    doubts = [reading for reading in readings if isinstance(reading, Doubt)]
    if not prices:
        return doubts[0] if doubts else None
    price = prices[0]
    if not all(price.equals(other) for other in prices):
        return doubt("price", "the page states several prices", ", ".join(dict.fromkeys(map(str, prices))))
    return next((each for each in doubts if not price.agrees_with(each)), price)


def compare_with_loose(price: Reading | None, loose: Node, hints: Hints) -> Reading | None:
    """Compares with offers and prices that belong to no product: at least one of them must be this price."""
    if price is None:
        return find_loose_offers(loose, hints)
    readings, texts = _read_loose(loose, hints), loose.texts("price")
    if isinstance(price, Doubt) or not (readings or texts):
        return price
    if any(_is_same(price, reading) for reading in readings) or any(_is_equal(price, text) for text in texts):
        return price
    return _contradict(price, ", ".join([_quote(readings), *texts]).strip(", "))


def find_loose_offers(loose: Node, hints: Hints) -> Doubt | None:
    """The doubt about offers that belong to no product."""
    if not loose.nodes("offers"):
        return None
    return doubt("price", "the offers belong to no product", _quote(_read_loose(loose, hints)))


def _read_loose(loose: Node, hints: Hints) -> list[Reading]:
    return [reading for offer in loose.nodes("offers") for reading in read_offer_price(offer, hints)]


def _is_same(price: Price, reading: Reading) -> bool:
    return price.equals(reading) if isinstance(reading, Price) else price.agrees_with(reading)


def _is_equal(price: Price, text: str) -> bool:
    return can_mean(text, price.amount)


def _contradict(price: Price, text: str) -> Doubt:
    return doubt("price", "the page states several prices", f"{price}, {text}")


def _quote(readings: Iterable[Reading]) -> str:
    texts = (reading.text if isinstance(reading, Doubt) else str(reading) for reading in readings)
    return ", ".join(dict.fromkeys(text for text in texts if text))
