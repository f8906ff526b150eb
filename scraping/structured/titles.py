"""The title of a product."""

from scraping.structured.candidates import find_names
from scraping.structured.document import Document
from scraping.structured.extraction import Doubt, Source, doubt
from scraping.structured.names import is_confirmed, is_same_name
from scraping.structured.node import Node

Title = tuple[str, Source]


def choose_title(nodes: tuple[Node, ...], document: Document) -> Title | Doubt:
    """The name of the product, which must share a word with the page's heading or title if there is one."""
    titles = [(name, node.source) for node in nodes for name in find_names(node)]
    if not titles:
        return doubt("title", "the product has no readable name", _quote(nodes))
    title = titles[0]
    if not all(is_same_name(title[0], name) for name, _ in titles):
        title = next((each for each in titles if _is_heading(each[0], document)), ("", title[1]))
    if not title[0]:
        return doubt("title", "the page states several names", ", ".join(name for name, _ in titles))
    if document.confirming_texts and not is_confirmed(title[0], document.confirming_texts):
        return doubt("title", "the product's name is not in the page's heading or title", title[0])
    return title


def find_loose_title(nodes: tuple[Node, ...], document: Document) -> Title | None:
    """A name that belongs to no product, if it is the text of a heading."""
    titles = ((name, node.source) for node in nodes for name in find_names(node))
    return next((title for title in titles if _is_heading(title[0], document)), None)


def _is_heading(name: str, document: Document) -> bool:
    return any(is_same_name(name, heading) for heading in document.headings)


def _quote(nodes: tuple[Node, ...]) -> str:
    return ", ".join(text for node in nodes for text in node.texts("name"))
