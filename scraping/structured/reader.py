"""Reads the product of a page."""

from dataclasses import dataclass
from typing import Any

from scraping.page import Page
from scraping.structured.authors import choose_authors
from scraping.structured.availability import choose_availability
from scraping.structured.candidates import describes_product, find_candidates, find_rivals, is_list
from scraping.structured.covers import choose_cover
from scraping.structured.descriptions import choose_description
from scraping.structured.document import Document, parse_document
from scraping.structured.extraction import NO_HINTS, Doubt, Extraction, Hints, Offered, Source, doubt
from scraping.structured.isbns import choose_isbn, find_isbns
from scraping.structured.jsonld import read_scripts
from scraping.structured.microdata import read_microdata
from scraping.structured.node import Node
from scraping.structured.offers import OfferChoice, choose_offers, find_offer_isbns
from scraping.structured.opengraph import read_opengraph
from scraping.structured.price_statement import Price, Reading
from scraping.structured.prices import agree, compare_with_loose, find_loose_offers, read_choice
from scraping.structured.selection import PageContext, select_product
from scraping.structured.titles import choose_title, find_loose_title

ONLY_OPENGRAPH = "only OpenGraph states it, which cannot state editions, conditions and taxes"


@dataclass(frozen=True, slots=True)
class _Statements:
    """`loose`: the microdata that belongs to no product. `markup`: the scripts that cannot be parsed."""

    candidates: tuple[Node, ...]
    context: PageContext
    loose: Node
    opengraph: Node
    markup: tuple[Doubt, ...]


class _Result:
    """Collects the fields of the product, their sources and the doubts."""

    def __init__(self, doubts: tuple[Doubt, ...]) -> None:
        self._fields: dict[str, Any] = {}
        self._sources: dict[str, Source] = {}
        self._doubts = [*doubts]

    def add(self, name: str, found: tuple[Any, Source] | Doubt | None) -> None:
        if isinstance(found, Doubt):
            self._doubts.append(found)
        elif found:
            self._fields[name], self._sources[name] = found

    def finish(self) -> Extraction:
        product = Offered(**self._fields) if self._fields else None
        return Extraction(product, tuple(self._doubts), self._sources)


def read(page: Page, hints: Hints = NO_HINTS) -> Extraction:
    """Never raises an error for the content of a page."""
    document = parse_document(page)
    if not document.is_complete:
        return Extraction(doubts=(doubt("product", "the page is nested too deeply to be read"),))
    statements = _read_statements(document)
    selection = select_product(statements.candidates, document, statements.context)
    result = _Result(statements.markup)
    if selection.doubt:
        result.add("product", selection.doubt)
    elif selection.nodes:
        _add_product(result, selection.nodes, statements, document, hints)
    else:
        _add_remains(result, statements, document, hints)
    return result.finish()


def _read_statements(document: Document) -> _Statements:
    scripts, microdata = read_scripts(document.scripts), read_microdata(document)
    nodes = scripts.nodes + microdata.nodes
    has_others = scripts.hides_product or bool(find_rivals(nodes)) or describes_product(microdata.loose)
    return _Statements(
        candidates=find_candidates(nodes),
        context=PageContext(has_others=has_others, is_list=is_list(nodes)),
        loose=microdata.loose,
        opengraph=read_opengraph(document),
        markup=scripts.doubts,
    )


def _add_product(
    result: _Result, nodes: tuple[Node, ...], statements: _Statements, document: Document, hints: Hints
) -> None:
    choices = [choose_offers(node, document) for node in nodes]
    result.add("title", choose_title(nodes, document))
    result.add("authors", choose_authors(nodes))
    result.add("isbn_13", _choose_isbn(nodes, choices, statements.opengraph))
    _add_works(result, nodes, choices, statements, document)
    price = _choose_price(nodes, choices, statements, hints)
    _add_price(result, price)
    if not isinstance(price, Doubt):
        offers = [offer for choice in choices for offer in choice.offers]
        result.add("availability", choose_availability([*offers, *statements.opengraph.nodes("offers")]))


def _add_works(
    result: _Result,
    nodes: tuple[Node, ...],
    choices: list[OfferChoice],
    statements: _Statements,
    document: Document,
) -> None:
    """Description and cover: of the edition, of the product, or of the object that OpenGraph describes."""
    editions = [choice.edition for choice in choices if choice.edition]
    described = [*editions, *nodes, *([statements.opengraph] if statements.opengraph.types else [])]
    result.add("description", choose_description(described))
    result.add("cover_url", choose_cover(described, document))


def _choose_price(
    nodes: tuple[Node, ...], choices: list[OfferChoice], statements: _Statements, hints: Hints
) -> Reading | None:
    readings = [
        reading
        for node, choice in zip(nodes, choices, strict=True)
        for reading in read_choice(node, choice, hints)
    ]  # fmt: skip
    price = compare_with_loose(agree(readings), statements.loose, hints)
    (offer,) = statements.opengraph.nodes("offers")
    others = read_choice(statements.opengraph, OfferChoice((offer,)), hints)
    if price is None and others:
        return _find_opengraph_product(statements.opengraph)
    return agree([price, *others]) if isinstance(price, Price) else price


def _add_price(result: _Result, price: Reading | None) -> None:
    if isinstance(price, Price):
        result.add("price", (price.amount, price.source))
        result.add("currency", (price.currency, price.currency_source))
    else:
        result.add("price", price)


def _choose_isbn(
    nodes: tuple[Node, ...], choices: list[OfferChoice], opengraph: Node
) -> tuple[str, Source] | Doubt | None:
    """The ISBN of the product and its edition; that of its offers, then OpenGraph's, if the others state none."""
    editions = [choice.edition for choice in choices if choice.edition]
    stated = [*nodes, *editions]
    isbns = frozenset().union(*map(find_isbns, stated))
    offers = [offer for choice in choices for offer in choice.offers]
    isbns = isbns or frozenset().union(*map(find_offer_isbns, offers)) or find_isbns(opengraph)
    found = choose_isbn(isbns | (find_isbns(opengraph) if isbns else frozenset()), stated)
    if not isinstance(found, str):
        return found
    sources = (node.source for node in (*stated, *offers, opengraph) if found in find_offer_isbns(node))
    return found, next(sources)


def _add_remains(result: _Result, statements: _Statements, document: Document, hints: Hints) -> None:
    """A page without a product, but with offers or a product in OpenGraph. What belongs to no product is a doubt."""
    loose, opengraph = statements.loose, statements.opengraph
    problem = find_loose_offers(loose, hints) or _find_opengraph_product(opengraph)
    if not problem:
        return
    result.add("price", problem)
    node = loose if loose.nodes("offers") else opengraph
    is_offered = node is loose or problem.text or find_isbns(node)  # a type of OpenGraph alone can be that of a list
    if is_offered and (title := find_loose_title((loose, opengraph), document)):
        result.add("title", title)
        isbns = find_isbns(node)
        result.add("isbn_13", (next(iter(isbns)), node.source) if len(isbns) == 1 else None)


def _find_opengraph_product(opengraph: Node) -> Doubt | None:
    (offer,) = opengraph.nodes("offers")
    texts = offer.texts("price")
    return doubt("price", ONLY_OPENGRAPH, ", ".join(texts)) if opengraph.types or texts else None
