"""The description of a product, as plain text."""

import html
import re
from collections.abc import Iterable

from lxml import etree

from scraping.structured.element_text import read_paragraphs
from scraping.structured.extraction import Source
from scraping.structured.names import ENTITY
from scraping.structured.node import Node

MAX_LENGTH = 10_000  # characters
MAX_HTML = 200_000  # characters of a text with elements
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")
COMMENT = re.compile(r"<!--.*?(?:-->|\Z)|<!\[CDATA\[|\]\]>", re.DOTALL)
# Only elements that descriptions have. `a < b and c > d` is text.
ELEMENT = re.compile(
    r"</?(?:a|abbr|article|aside|b|big|blockquote|body|br|center|cite|code|dd|div|dl|dt|em|figure|font|h[1-6]|hr|html|i"
    r"|iframe|img|ins|del|li|mark|ol|p|pre|q|s|script|section|small|span|strike|strong|style|sub|sup|table|tbody|td|th"
    r"|thead|tr|u|ul|video)(?:\s[^<>]*)?/?>",
    re.IGNORECASE,
)
OTHER_BRACKET = re.compile(rf"<(?!{ELEMENT.pattern[1:]})", re.IGNORECASE)


def choose_description(nodes: Iterable[Node]) -> tuple[str, Source] | None:
    """The first text that the nodes state."""
    texts = ((clean_description(text), node.source) for node in nodes for text in node.texts("description"))
    return next(((text, source) for text, source in texts if text), None)


def clean_description(text: str) -> str | None:
    """Decodes entities, at most twice, and removes HTML. Paragraphs and line breaks stay.

    A longer text than MAX_LENGTH ends with an ellipsis.
    """
    for _ in range(2):
        text = ENTITY.sub(lambda match: html.unescape(match[0]), text)
    text = CONTROL.sub("", COMMENT.sub("", text[:MAX_HTML]).replace("\r\n", "\n").replace("\r", "\n"))
    if ELEMENT.search(text):
        text = _remove_html(text)
    text = _join_lines(text)
    return (text if len(text) <= MAX_LENGTH else f"{text[: MAX_LENGTH - 1].rstrip()}…") or None


def _remove_html(text: str) -> str:
    marked = OTHER_BRACKET.sub("&lt;", text)
    parser = etree.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True)
    try:
        root = etree.fromstring(f"<div>{marked}</div>".encode(), parser)
    except etree.LxmlError:
        return ""
    return "" if root is None else read_paragraphs(root)


def _join_lines(text: str) -> str:
    """Single spaces in each line, and at most one empty line between two lines."""
    lines = (" ".join(line.split()) for line in text.split("\n"))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()
