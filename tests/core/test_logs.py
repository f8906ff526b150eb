"""Log lines as text and as JSON."""

import json
import logging
from io import StringIO
from pathlib import Path

from core.logs import request_id

logger = logging.getLogger("tests")


def test_text_lines(text_log: StringIO) -> None:
    token = request_id.set("abc123")
    logger.warning("It %s", "failed")
    request_id.reset(token)
    logger.warning("It failed again")

    first, second = text_log.getvalue().splitlines()
    assert first.endswith(" WARNING tests: It failed [abc123]")
    assert second.endswith(" WARNING tests: It failed again")


def test_json_lines(json_log: StringIO) -> None:
    token = request_id.set("abc123")
    logger.warning("It %s", "failed", extra={"folder": Path("/tmp/books"), "count": 3})
    request_id.reset(token)

    (line,) = json_log.getvalue().splitlines()
    record = json.loads(line)
    assert record.pop("time").endswith("+00:00")
    assert record == {
        "level": "WARNING", "logger": "tests", "message": "It failed", "request_id": "abc123",
        "folder": "/tmp/books", "count": 3,
    }  # fmt: skip


def test_a_traceback_is_part_of_its_json_line(json_log: StringIO) -> None:
    try:
        raise ValueError("two\nlines")
    except ValueError:
        logger.exception("It failed")

    (line,) = json_log.getvalue().splitlines()
    assert "ValueError: two\nlines" in json.loads(line)["exc_info"]
