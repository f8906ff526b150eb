"""Reads the scripts of JSON-LD (https://www.w3.org/TR/json-ld11/) into nodes."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from scraping.structured.extraction import Doubt, Source, doubt
from scraping.structured.json_repair import REPAIRED, parse_json
from scraping.structured.node import Node, Value, parse_name

MAX_SCRIPTS = 100
MAX_SCRIPT = 1024 * 1024  # characters
MAX_DEPTH = 50
MAX_DEFINITIONS = 20  # of one @id
PRODUCT_TYPE = re.compile(r"""["'/](?:book|product|productgroup|audiobook)["']""", re.IGNORECASE)
# Only these properties are followed to a node that is defined elsewhere. None of them refers back to its owner.
FOLLOWED = frozenset({
    "author", "expectsacceptanceof", "hasvariant", "image", "mainentity", "offers", "potentialaction",
    "pricespecification", "workexample",
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class JsonStatements:
    """`nodes` are the top-level nodes and those of a top-level `@graph`. `doubts` are the unreadable scripts.

    `hides_product`: an unreadable script has the type of a product.
    """

    nodes: tuple[Node, ...]
    doubts: tuple[Doubt, ...]
    hides_product: bool


def read_scripts(scripts: Iterable[str]) -> JsonStatements:
    objects: list[dict[str, Any]] = []
    doubts, hides_product = [], False
    for number, script in enumerate(scripts):
        try:
            objects += _parse_script(script, number)
        except ValueError as error:
            doubts.append(doubt("markup", f"a script of JSON-LD is not valid JSON ({error})", script.strip()))
            hides_product = hides_product or bool(PRODUCT_TYPE.search(script))
    converter = _Converter(objects)
    return JsonStatements(tuple(converter.convert(each, 0) for each in objects), tuple(doubts), hides_product)


def _parse_script(script: str, number: int) -> list[dict[str, Any]]:
    if number >= MAX_SCRIPTS or len(script) > MAX_SCRIPT:
        raise ValueError("too large")
    data = parse_json(script)
    _check_depth(data)
    return list(_find_top_objects(data))


def _check_depth(data: Any) -> None:
    level = [data]
    for _ in range(MAX_DEPTH):
        level = [child for value in level for child in _find_children(value)]
        if not level:
            return
    raise ValueError("is nested too deeply")


def _find_children(value: Any) -> Iterable[Any]:
    return value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()


def _find_top_objects(value: Any) -> Iterator[dict[str, Any]]:
    """The objects of a script, of its arrays and of `@graph`. Objects of another vocabulary are left out."""
    if isinstance(value, list):
        for each in value:
            yield from _find_top_objects(each)
    elif isinstance(value, dict) and "schema.org" in str(value.get("@context", "schema.org")).lower():
        yield value
        yield from _find_top_objects(value.get("@graph"))


class _Converter:
    """Converts objects to nodes, and replaces references by the objects that they refer to.

    A reference is an object with nothing but `@id` and perhaps `@type`.
    """

    def __init__(self, objects: Iterable[dict[str, Any]]) -> None:
        self._defined: dict[str, list[dict[str, Any]]] = defaultdict(list)
        self._converted: dict[str, tuple[Node, ...]] = {}
        for each in objects:
            if isinstance(identifier := each.get("@id"), str) and not _is_reference(each):
                self._defined[identifier].append(each)

    def convert(self, value: dict[str, Any], depth: int) -> Node:
        properties: dict[str, list[Value]] = defaultdict(list)
        is_repaired = REPAIRED in value
        for key, content in value.items():
            name = None if key.startswith("@") else parse_name(key.replace(REPAIRED, ""))
            values = list(self._convert_values(content, depth + 1, name or ""))
            is_repaired = is_repaired or any(isinstance(each, str) and REPAIRED in each for each in values)
            if name:
                properties[name] += [_clean(each) for each in values if each != REPAIRED]
        types = frozenset(filter(None, map(parse_name, _find_texts(value.get("@type")))))
        identifier = next(iter(_find_texts(value.get("@id"))), None)
        return Node(Source.JSON_LD, types, properties, identifier, is_repaired=is_repaired)

    def _convert_values(self, value: Any, depth: int, name: str) -> Iterator[Value]:
        if value is None or depth > MAX_DEPTH:
            return
        if isinstance(value, list):
            for each in value:
                yield from self._convert_values(each, depth + 1, name)
        elif isinstance(value, dict):
            yield from self._convert_object(value, depth, name)
        else:
            yield str(value).lower() if isinstance(value, bool) else value

    def _convert_object(self, value: dict[str, Any], depth: int, name: str) -> Iterator[Value]:
        """Unwraps values (`@value`) and lists (`@list`, `@set`), and follows references."""
        for keyword in ("@value", "@list", "@set"):
            if keyword in value:
                yield from self._convert_values(value[keyword], depth + 1, name)
                return
        if _is_reference(value) and name in FOLLOWED and value["@id"] in self._defined:
            yield from self._follow(value["@id"], depth)
        else:
            yield self.convert(value, depth)

    def _follow(self, identifier: str, depth: int) -> tuple[Node, ...]:
        """All nodes with this `@id`, none if there are too many.

        None while they are converted, which ends a circle of references.
        """
        if len(self._defined[identifier]) > MAX_DEFINITIONS:
            return ()
        if identifier not in self._converted:
            self._converted[identifier] = ()
            self._converted[identifier] = tuple(self.convert(each, depth) for each in self._defined[identifier])
        return self._converted[identifier]


def _is_reference(value: dict[str, Any]) -> bool:
    return isinstance(value.get("@id"), str) and not value.keys() - {"@id", "@type", "@context"}


def _find_texts(value: Any) -> list[str]:
    return [each for each in (value if isinstance(value, list) else [value]) if isinstance(each, str)]


def _clean(value: Value) -> Value:
    return value.replace(REPAIRED, "") if isinstance(value, str) else value
