"""Which offers of a product count: those of a new copy of this edition, for everyone."""

from collections.abc import Callable
from dataclasses import dataclass

from scraping.structured.addresses import parse_address
from scraping.structured.document import Document
from scraping.structured.editions import choose_edition
from scraping.structured.extraction import Doubt, doubt
from scraping.structured.isbns import find_isbns
from scraping.structured.node import Node
from scraping.structured.price_specifications import has_conditions

MAX_OFFERS = 500
# Ways of reading without buying (https://schema.org/ReadAction), which also have offers.
SALES = frozenset({"offer", "aggregateoffer", "offerforpurchase"})
NEW = frozenset({"new", "newcondition", "brandnew", "brand new"})
NOT_PURCHASES = frozenset({"free", "nologinrequired", "rental", "subscription", "lease"})


Owners = dict[Node, tuple[Node]]


@dataclass(frozen=True, slots=True)
class OfferChoice:
    """`aggregates` are the AggregateOffers around `offers`. They can have other offers, such as those of used copies.

    `edition` is the chosen one, None if the product states its offers itself or has no editions.
    """

    offers: tuple[Node, ...] = ()
    aggregates: tuple[Node, ...] = ()
    edition: Node | None = None
    doubt: Doubt | None = None


def choose_offers(product: Node, document: Document) -> OfferChoice:
    if stated := _find_stated(product):
        return _choose(stated, product, None, document)
    edition = choose_edition(product, document)
    if isinstance(edition, Doubt):
        return OfferChoice(doubt=edition)
    stated = _find_stated(edition) if edition else ()
    if not stated and (text := _find_unattached(product)):
        return OfferChoice(edition=edition, doubt=doubt("price", "the price is not part of an offer", text))
    return _choose(stated, product, edition, document)


def _choose(stated: tuple[Node, ...], product: Node, edition: Node | None, document: Document) -> OfferChoice:
    offers = tuple(dict.fromkeys(each for offer in stated for each in offer.nodes("offers") or (offer,)))
    if len(offers) > MAX_OFFERS:
        return OfferChoice(edition=edition, doubt=doubt("price", f"the page states more than {MAX_OFFERS} offers"))
    owners = {each: (offer,) for offer in stated for each in offer.nodes("offers")}
    selected = _select(offers, owners, (edition, product), document)
    if isinstance(selected, Doubt):
        return OfferChoice(edition=edition, doubt=selected)
    aggregates = tuple(each for each in stated if not set(each.nodes("offers")).isdisjoint(selected))
    return OfferChoice(selected, aggregates, edition)


def _find_stated(product: Node) -> tuple[Node, ...]:
    """The offers, or those of the action by which a book is bought and read."""
    actions = product.nodes("potentialaction")
    return product.nodes("offers") or tuple(offer for each in actions for offer in each.nodes("expectsacceptanceof"))


def _find_unattached(product: Node) -> str:
    """A price or offer that is a text of the product: schema.org gives products no price."""
    return next(iter([*product.texts("price"), *product.texts("offers")]), "")


def _select(
    offers: tuple[Node, ...], owners: Owners, products: tuple[Node | None, Node], document: Document
) -> tuple[Node, ...] | Doubt:
    """`owners` are the AggregateOffers around the offers, whose statements apply to them. `products`: the edition, if
    the page states one, and the product.
    """
    rules: tuple[tuple[Callable[[Node], bool], str], ...] = (
        (_is_sale, "the page offers other business than a sale"),
        (lambda offer: not has_conditions(offer), "the page offers only prices under conditions"),
    )
    for is_suitable, reason in rules:
        suitable = tuple(offer for offer in offers if all(map(is_suitable, (offer, *owners.get(offer, ())))))
        if offers and not suitable:
            return doubt("price", reason, ", ".join(text for offer in offers for text in offer.texts("price")))
        offers = suitable
    new = tuple(offer for offer in offers if _is_new(offer, *owners.get(offer, ()), *products))
    return _select_edition(_select_page(new or offers, document), products[0] or products[1])


def _is_sale(offer: Node) -> bool:
    if offer.types and not offer.types & SALES:
        return False
    is_sold = all(word == "sell" for word in offer.words("businessfunction"))
    return is_sold and NOT_PURCHASES.isdisjoint(offer.words("category"))


def _is_new(offer: Node, *others: Node | None) -> bool:
    """The condition that the offer or its item states counts before that of the AggregateOffer and of the product."""
    stated = (each.words("itemcondition") for each in (offer, *offer.nodes("itemoffered"), *others) if each)
    return all(word in NEW for word in next(filter(None, stated), ()))


def _select_page(offers: tuple[Node, ...], document: Document) -> tuple[Node, ...]:
    """Without the offers of other pages, if the page's address is that of an offer."""
    page = parse_address(document.url)
    addresses = [{parse_address(document.resolve(url)) for url in offer.texts("url")} for offer in offers]
    if not any(page in stated for stated in addresses):
        return offers
    return tuple(offer for offer, stated in zip(offers, addresses, strict=True) if not stated or page in stated)


def _select_edition(offers: tuple[Node, ...], product: Node) -> tuple[Node, ...] | Doubt:
    """Without the offers of other ISBNs. Offers that state none remain."""
    own = find_isbns(product)
    if not own:
        return offers
    stated = [find_offer_isbns(offer) for offer in offers]
    selected = tuple(offer for offer, isbns in zip(offers, stated, strict=True) if not isbns or isbns & own)
    if offers and not selected:
        return doubt("price", "the offers are of another ISBN", ", ".join(sorted(set().union(*stated))))
    return selected


def find_offer_isbns(offer: Node) -> frozenset[str]:
    return find_isbns(offer).union(*map(find_isbns, offer.nodes("itemoffered")))
