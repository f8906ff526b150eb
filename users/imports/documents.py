"""Parses JSON documents of unknown origin."""

import json
import re
from typing import Any, NoReturn

from users.imports.errors import ImportFileRefused

START = re.compile(r"\s*(?:\{|\[\s*[\[{\]])")  # a table could start with `[` too
MAX_DEPTH = 50
UNSTORABLE = re.compile(r"[\x00\ud800-\udfff]")  # in PostgreSQL


def is_document(text: str) -> bool:
    return START.match(text) is not None


def parse_document(text: str) -> Any:
    """The document without NUL characters and surrogates in its strings. Raises ImportFileRefused."""
    try:
        return _clean(json.loads(text, parse_constant=_refuse_constant), MAX_DEPTH)
    except (ValueError, RecursionError) as error:
        place = f" in line {error.lineno}" if isinstance(error, json.JSONDecodeError) else ""
        raise ImportFileRefused(f"The JSON file is damaged{place}. Download it again.") from error


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON.")


def _clean(value: Any, depth: int) -> Any:
    if depth == 0:
        raise ValueError("The document is nested too deeply.")
    if isinstance(value, str):
        return UNSTORABLE.sub("", value)
    if isinstance(value, list):
        return [_clean(item, depth - 1) for item in value]
    if isinstance(value, dict):
        return {_clean(key, depth - 1): _clean(item, depth - 1) for key, item in value.items()}
    return value
