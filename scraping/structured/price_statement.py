"""The price of one offer."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from core.money import is_currency
from scraping.structured.extraction import Doubt, Hints, Source, doubt
from scraping.structured.money import AMBIGUOUS, NotCertain, can_mean, parse_amount
from scraping.structured.node import Node
from scraping.structured.price_specifications import find_current_specifications, is_net

NO_CURRENCY = "the page states no currency"
SEVERAL_OFFERS = "the page states one price for several offers"
A_RANGE = "the page states a range of prices"


@dataclass(frozen=True, slots=True)
class Price:
    amount: Decimal
    currency: str
    source: Source
    currency_source: Source

    def __str__(self) -> str:
        return f"{self.amount} {self.currency}"

    def equals(self, other: "Price") -> bool:
        return (self.amount, self.currency) == (other.amount, other.currency)

    def agrees_with(self, statement: Doubt) -> bool:
        """Whether a statement that is not certain in its form can mean this price."""
        return statement.reason in {NO_CURRENCY, AMBIGUOUS} and can_mean(statement.text, self.amount)


Reading = Price | Doubt


def read_offer_price(offer: Node, hints: Hints) -> list[Reading]:
    """All prices that the offer states; they must agree. Its `price` counts before its specifications."""
    if fault := find_fault(offer):
        return [fault]
    bounds, amounts = read_bounds(offer, hints), list(_read_amounts(offer, "price", offer, hints))
    if amounts and not bounds and any(text != "1" for text in offer.texts("offercount")):
        return [doubt("price", SEVERAL_OFFERS, _quote(offer))]
    return [*bounds, *amounts] or list(_read_specifications(offer, hints))


def find_fault(offer: Node) -> Doubt | None:
    """The reason why no price of the offer counts."""
    if offer.has_repairs():
        return doubt("price", "the JSON of the offer is not valid and had to be repaired")
    return doubt("price", "the price is stated without taxes", _quote(offer)) if is_net(offer) else None


def read_bounds(offer: Node, hints: Hints) -> list[Reading]:
    """The lowest and highest price. The lowest one alone is the price only if there is one offer."""
    if fault := find_fault(offer):
        return [fault]
    low, high = ([*_read_amounts(offer, name, offer, hints)] for name in ("lowprice", "highprice"))
    is_single = offer.texts("offercount") == ("1",)
    is_complete = bool(low and high) or (bool(low) and is_single) or bool(offer.nodes("offers"))
    if (low or high) and not is_complete:
        return [doubt("price", A_RANGE, _quote(offer))]
    amounts = {each.amount for each in (*low, *high) if isinstance(each, Price)}
    return [doubt("price", A_RANGE, _quote(offer))] if len(amounts) > 1 else [*low, *high]


def _read_specifications(offer: Node, hints: Hints) -> Iterator[Reading]:
    stated = offer.nodes("pricespecification")
    specifications = find_current_specifications(stated)
    if stated and not specifications:
        yield doubt("price", "the page states only list prices and prices under conditions", _quote(*stated))
    for specification in specifications:
        if specification.texts("minprice") or specification.texts("maxprice"):
            yield doubt("price", A_RANGE, _quote(specification))
        yield from _read_amounts(specification, "price", offer, hints)


def _read_amounts(node: Node, name: str, offer: Node, hints: Hints) -> Iterator[Reading]:
    """`offer` states the currency if `node`, its price specification, does not."""
    if node.nodes(name):
        yield doubt("price", "the price is not a number")
    currencies = node.texts("pricecurrency") or offer.texts("pricecurrency")
    for text in node.texts(name):
        try:
            yield _read_amount(text, currencies, node.source, hints)
        except NotCertain as error:
            yield doubt("price", str(error), text)


def _read_amount(text: str, currencies: tuple[str, ...], source: Source, hints: Hints) -> Price:
    """Raises NotCertain."""
    # `GBp` are pence.
    codes = {currency.upper() if currency.islower() else currency for currency in currencies}
    if not (codes or hints.currency):
        raise NotCertain(NO_CURRENCY)
    if len(codes | ({hints.currency} if hints.currency else set())) > 1:
        raise NotCertain(f"the currency is not certain ({', '.join(sorted(codes))})")
    currency = codes.pop() if codes else str(hints.currency)
    if not is_currency(currency):
        raise NotCertain(f"{currency[:20]!r} is not the code of a currency")
    amount = parse_amount(text, currency, hints.decimal_mark)
    return Price(amount, currency, source, source if currencies else Source.SETTINGS)


def _quote(*nodes: Node) -> str:
    names = ("price", "lowprice", "highprice", "minprice", "maxprice")
    found = [text for node in nodes for name in names for text in node.texts(name)]
    return ", ".join(found)
