"""The value of an element with `itemprop` (https://html.spec.whatwg.org/multipage/microdata.html#values)."""

import re
from itertools import islice
from typing import Any

BOUNDARY = "\ufdd1"  # a code point that Unicode reserves for internal use
DIGITS_APART = re.compile(rf"(?<=\d)\s*{BOUNDARY}[\s{BOUNDARY}]*(?=\d)")
MAX_LENGTH = 5_000  # characters
MAX_EVENTS = 1_000  # starts and ends of elements
MAX_PARAGRAPHS, MAX_PARAGRAPH_EVENTS = 20_000, 5_000  # the same limits for a description
SPACES = re.compile(r"\s+")
SOURCES = frozenset({"audio", "embed", "iframe", "img", "source", "track", "video"})
HIDDEN = frozenset({"script", "style"})
INLINE = frozenset({"a", "abbr", "b", "bdi", "bdo", "em", "font", "i", "mark", "s", "small", "span", "strong", "u"})
PHRASES = INLINE | HIDDEN | {"big", "cite", "code", "del", "img", "ins", "q", "strike", "sub", "sup", "wbr"}
BREAKS = {"br": "\n", "p": "\n\n"}
# The properties whose value is an address. Other properties have the text of a link.
ADDRESSES = frozenset({
    "additionaltype", "availability", "bookformat", "businessfunction", "image", "item", "itemcondition",
    "mainentityofpage", "sameas", "url",
})  # fmt: skip
EXACT = frozenset({"price", "pricecurrency", "lowprice", "highprice", "isbn", "gtin13", "gtin", "sku"})
ATTRIBUTES = {"object": "data", "data": "value", "meter": "value", "time": "datetime"}


def read_value(element: Any, name: str) -> str:
    """The value of property `name`. Deviates from the standard where shops do.

    A `content` attribute counts on every element, as in search engines, and a link has its text unless the property is
    an address.
    """
    tag = element.tag
    if (content := element.get("content")) is not None:
        return str(content)
    if tag == "link" or (tag in {"a", "area"} and name in ADDRESSES):
        return str(element.get("href") or "")
    if tag in SOURCES:
        return str(element.get("src") or "")
    if tag in ATTRIBUTES and element.get(ATTRIBUTES[tag]) is not None:
        return str(element.get(ATTRIBUTES[tag]))
    return read_paragraphs(element) if name == "description" else read_text(element, separated=name in EXACT)


def read_paragraphs(element: Any) -> str:
    """The text with a line for each block and an empty line around paragraphs. Cut after MAX_PARAGRAPH_EVENTS."""
    lines = _Lines()
    for event, node in islice(_walk(element), MAX_PARAGRAPH_EVENTS):
        if node is not element and node.tag not in PHRASES:
            lines.break_line(BREAKS.get(node.tag, "\n"), is_forced=node.tag in BREAKS and event == "start")
        if event == "start":
            lines.add("" if node.tag in HIDDEN else node.text)
        elif node is not element:
            lines.add(node.tail)
    return "".join(lines.parts)[:MAX_PARAGRAPHS].strip()


class _Lines:
    """`parts` are texts and line breaks. Blank text and unforced breaks at the start of a line are left out."""

    def __init__(self) -> None:
        self.parts: list[str] = []
        self._is_start = True

    def break_line(self, mark: str, *, is_forced: bool) -> None:
        if is_forced or not self._is_start:
            self.parts.append(mark)
            self._is_start = True

    def add(self, text: str | None) -> None:
        text = SPACES.sub(" ", (text or "")[:MAX_PARAGRAPHS])
        if text.strip() or not self._is_start:
            self.parts.append(text)
            self._is_start = self._is_start and not text.strip()


def read_text(element: Any, *, separated: bool) -> str:
    """The text with single spaces. Every block and line break is a space.

    Cut to MAX_LENGTH, and after MAX_EVENTS: no value is that long, and elements of one page can contain each other.

    `separated`: digits of different elements have `|` between them, because `25<sup>00</sup>` is not 2500, and
    `<del>20</del> 150.00` is not 20 150.00.
    """
    parts: list[str] = []
    for event, node in islice(_walk(element), MAX_EVENTS):
        if node.tag in HIDDEN and node is not element:
            parts.append((node.tail or "")[:MAX_LENGTH] if event == "end" else "")
            continue
        if node is not element and (separated or node.tag not in INLINE):
            parts.append(BOUNDARY if separated else " ")
        text = node.text if event == "start" else node.tail if node is not element else ""
        parts.append((text or "")[:MAX_LENGTH])
    text = DIGITS_APART.sub("|", "".join(parts)[:MAX_LENGTH]).replace(BOUNDARY, " ")
    return " ".join(text.split())


def _walk(element: Any) -> Any:
    """Start and end of the element and its descendants. Without recursion, because pages can be nested deeply."""
    pending = [("start", element)]
    while pending:
        event, node = pending.pop()
        yield event, node
        if event == "start":
            pending.append(("end", node))
            children = () if node.tag in HIDDEN else node
            pending += [("start", child) for child in reversed(children)]
