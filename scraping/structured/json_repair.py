"""Parses JSON with the mistakes that shops' templates make, and marks the repaired parts.

Repaired are only mistakes with one possible meaning. Other invalid JSON is no statement.
"""

import json
import re
from contextlib import suppress
from typing import Any

REPAIRED = "\ufdd0"  # a code point that Unicode reserves for internal use
# Longer ones first. JSON starts with none of them, and ends with none.
OPENINGS = ("<![CDATA[", "<!--", "//", "/*", "*/", "\ufeff")
CLOSINGS = ("]]>", "-->", "//", "/*", "*/", ";")
ESCAPE = re.compile(r'\\(?P<valid>["\\/bfnrt]|u[0-9a-fA-F]{4})|\\')
TRAILING_COMMA = re.compile(r'"(?:[^"\\]|\\.)*"|,\s*(?P<closing>[}\]])', re.DOTALL)


def parse_json(text: str) -> Any:
    """Numbers are returned as their text, and a repeated key with all its values.

    A repaired string contains REPAIRED, a repaired object has the key REPAIRED, a repaired array ends with it. Raises
    ValueError, also for JSON that is nested too deeply.
    """
    bare = _unwrap(text.replace(REPAIRED, ""))
    try:
        return _load(bare)
    except ValueError as error:
        for repaired in (_mark_escapes(bare), _mark_commas(_mark_escapes(bare))):
            with suppress(ValueError):
                return _load(repaired)
        raise error from None


def _unwrap(text: str) -> str:
    """Removes comments of HTML, CDATA, a byte order mark and a semicolon around the JSON."""
    text = text.strip()
    while opening := next((each for each in OPENINGS if text.startswith(each)), ""):
        text = text[len(opening) :].lstrip()
    while closing := next((each for each in CLOSINGS if text.endswith(each)), ""):
        text = text[: -len(closing)].rstrip()
    return text


def _load(text: str) -> Any:
    try:
        return json.loads(
            text, strict=False, parse_int=str, parse_float=str, parse_constant=str, object_pairs_hook=_merge_pairs
        )
    except RecursionError:
        raise ValueError("is nested too deeply") from None


def _merge_pairs(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Python would keep the last value of a repeated key, other programs the first."""
    merged: dict[str, Any] = {}
    for key, value in pairs:
        merged[key] = [*_as_list(merged[key]), *_as_list(value)] if key in merged else value
    return merged


def _as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _mark_escapes(text: str) -> str:
    """Drops the backslash of an invalid escape such as `\\'`."""
    return ESCAPE.sub(lambda match: match[0] if match["valid"] else REPAIRED, text)


def _mark_commas(text: str) -> str:
    def mark(match: re.Match[str]) -> str:
        if match["closing"] == "}":
            return f',"{REPAIRED}":""}}'
        return f',"{REPAIRED}"]' if match["closing"] else match[0]

    return TRAILING_COMMA.sub(mark, text)
