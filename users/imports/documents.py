"""Parses JSON documents of unknown origin."""

import json
import re
from typing import Any, NoReturn

from books.records import CONTROL_CHARACTER
from users.imports.errors import ImportFileRefused

START = re.compile(r"\s*(?:\{|\[\s*[\[{\]])")  # a table could start with `[` too
MAX_DEPTH = 50
UNSTORABLE = re.compile(r"[\x00\ud800-\udfff]")  # in PostgreSQL


def is_document(text: str) -> bool:
    return START.match(text) is not None


def parse_document(text: str) -> Any:
    """The document without NUL characters and surrogates in its strings. Raises ImportFileRefused."""
    try:
        return _clean(json.loads(text, parse_constant=_refuse_constant), UNSTORABLE, MAX_DEPTH)
    except (ValueError, RecursionError) as error:
        place = f" in line {error.lineno}" if isinstance(error, json.JSONDecodeError) else ""
        raise ImportFileRefused(f"The JSON file is damaged{place}. Download it again.") from error


def remove_control_characters(document: Any) -> Any:
    return _clean(document, CONTROL_CHARACTER, MAX_DEPTH)


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON.")


def _clean(value: Any, removed: re.Pattern[str], depth: int) -> Any:
    if depth == 0:
        raise ValueError("The document is nested too deeply.")
    if isinstance(value, str):
        return removed.sub("", value)
    if isinstance(value, list):
        return [_clean(item, removed, depth - 1) for item in value]
    if isinstance(value, dict):
        return {_clean(key, removed, depth - 1): _clean(item, removed, depth - 1) for key, item in value.items()}
    return value
