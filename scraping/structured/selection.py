"""Which of the candidates the page describes."""

from collections.abc import Iterable
from dataclasses import dataclass

from scraping.structured.addresses import has_same_number, is_of_another_page, names_address
from scraping.structured.candidates import find_names, is_sold
from scraping.structured.document import Document
from scraping.structured.editions import EDITIONS
from scraping.structured.extraction import Doubt, Source, doubt
from scraping.structured.isbns import find_address_isbns, find_isbns
from scraping.structured.names import is_confirmed, is_same_name
from scraping.structured.node import Node
from scraping.structured.offers import find_offer_isbns

MAX_CANDIDATES = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class PageContext:
    """`has_others`: the page may describe its product in statements that are no candidates.

    `is_list`: the page states that it is a list of products.
    """

    has_others: bool
    is_list: bool


@dataclass(frozen=True, slots=True)
class Selection:
    """The nodes that describe the page's product, or the doubt. `is_named`: the page's address names the product."""

    nodes: tuple[Node, ...] = ()
    is_named: bool = False
    doubt: Doubt | None = None


def select_product(candidates: tuple[Node, ...], document: Document, context: PageContext) -> Selection:
    if len(candidates) > MAX_CANDIDATES:
        return Selection(doubt=doubt("product", f"the page describes more than {MAX_CANDIDATES} products"))
    named = _find_named(candidates, document)
    own = _add_same(named, candidates) or _drop_empty_items(candidates, document)
    if not own:
        return Selection()
    if not _is_one_book(named or own, have_one_address=bool(named)):
        return Selection(doubt=doubt("product", "the page describes several products", _quote_names(own)))
    if problem := _find_contradiction(own, document, is_named=bool(named), context=context):
        return Selection(doubt=problem)
    return Selection(own, bool(named))


def _add_same(named: tuple[Node, ...], candidates: tuple[Node, ...]) -> tuple[Node, ...]:
    """Adds other descriptions of the same book, and descriptions without a name, because their prices must agree."""
    if not any(map(find_names, named)):
        return named
    others = (each for each in candidates if each not in named)
    return named + tuple(
        each for each in others if any(map(_sameness(each), named)) or not (find_names(each) or collect_isbns(each))
    )


def _is_one_book(nodes: tuple[Node, ...], *, have_one_address: bool) -> bool:
    """Nodes without a name and an ISBN are the same product only if they have the same address."""
    if have_one_address:
        nodes = tuple(each for each in nodes if find_names(each) or collect_isbns(each)) or nodes[:1]
    return all(map(_sameness(nodes[0]), nodes[1:]))


def _find_named(candidates: tuple[Node, ...], document: Document) -> tuple[Node, ...]:
    """Those that the page's address names, otherwise those that its canonical address names.

    The canonical address can be that of a family of editions, so it excludes no candidate that the page's names.
    """
    isbns = find_address_isbns(document.url)
    return (
        tuple(each for each in candidates if names_address(each, document, document.url))
        or tuple(each for each in candidates if collect_isbns(each) & isbns)
        or tuple(each for each in candidates if has_same_number(each, document))
        or tuple(each for each in candidates if names_address(each, document, document.canonical_url))
    )


def _drop_empty_items(candidates: tuple[Node, ...], document: Document) -> tuple[Node, ...]:
    """Of several, without items of microdata that have no offer, if a heading confirms those that remain."""
    if len(candidates) <= 1:
        return candidates
    rest = tuple(each for each in candidates if each.source != Source.MICRODATA or each.nodes("offers"))
    names = [name for node in rest for name in find_names(node)]
    return rest if names and all(is_confirmed(name, document.headings) for name in names) else candidates


def _sameness(node: Node) -> "_IsSameBook":
    return _IsSameBook(find_names(node), collect_isbns(node))


@dataclass(frozen=True, slots=True)
class _IsSameBook:
    """Whether another node describes the same book: equal ISBN, or equal name without different ISBNs."""

    names: tuple[str, ...]
    isbns: frozenset[str]

    def __call__(self, other: Node) -> bool:
        isbns = collect_isbns(other)
        if self.isbns and isbns:
            return bool(self.isbns & isbns)
        return any(is_same_name(name, each) for name in find_names(other) for each in self.names)


def collect_isbns(node: Node) -> frozenset[str]:
    """The ISBNs of a product, or if it states none those of its offers and editions."""
    offers = (find_offer_isbns(offer) for offer in node.nodes("offers"))
    editions = (find_isbns(edition) for name in EDITIONS for edition in node.nodes(name))
    return find_isbns(node) or frozenset().union(*offers, *editions)


def _find_contradiction(
    own: tuple[Node, ...], document: Document, *, is_named: bool, context: PageContext
) -> Doubt | None:
    stated, isbns = find_address_isbns(document.url), frozenset[str]().union(*map(collect_isbns, own))
    if stated and isbns and not stated & isbns:
        return doubt("product", "the page's address contains another ISBN", ", ".join(sorted(isbns)))
    if not any(map(is_sold, own)):
        return doubt("product", "the product states no offer and no ISBN", _quote_names(own))
    names, texts = [name for node in own for name in find_names(node)], document.confirming_texts
    if names and texts and not any(is_confirmed(name, texts) for name in names):
        return doubt("product", "the product's name is not in the page's heading or title", _quote_names(own))
    return None if is_named else _find_other_subject(own, document, context)


def _find_other_subject(own: tuple[Node, ...], document: Document, context: PageContext) -> Doubt | None:
    """The reason why the page can be about something else than its only product."""
    texts, names = document.confirming_texts, [name for node in own for name in find_names(node)]
    is_heading = any(is_same_name(name, heading) for name in names for heading in document.headings)
    if texts and not is_heading and any(is_of_another_page(node, document) for node in own):
        return doubt("product", "the only product of the page has the address of another page", _quote_names(own))
    if context.is_list:
        return doubt("product", "the page states that it is a list", _quote_names(own))
    if context.has_others and not is_heading:
        return doubt("product", "the page has other descriptions, which cannot be read", _quote_names(own))
    return None


def _quote_names(nodes: Iterable[Node]) -> str:
    return ", ".join(dict.fromkeys(name for node in nodes for name in find_names(node)))
