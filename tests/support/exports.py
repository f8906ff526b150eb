"""Reads exported files."""

import csv
import io
import json
from typing import Any


def read_text(response: Any) -> str:
    assert response.status_code == 200, response.content
    return b"".join(response.streaming_content).decode()


def read_export(response: Any) -> list[dict[str, Any]]:
    """The rows of a response with a CSV file or with JSON Lines."""
    text = read_text(response)
    return read_csv(text) if response["Content-Type"].startswith("text/csv") else read_json_lines(text)


def read_csv(text: str) -> list[dict[str, Any]]:
    return list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"), newline="")))


def read_json_lines(text: str) -> list[dict[str, Any]]:
    assert not text or text.endswith("\n")
    return [json.loads(line) for line in text.split("\n")[:-1]]
