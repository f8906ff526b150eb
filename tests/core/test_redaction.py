"""Secrets are removed from log lines: from messages, arguments, tracebacks and extra values."""

import json
import logging
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from io import StringIO
from typing import Any

import pytest

from core.redaction import redact, redact_value
from tests.support.suite_logs import TEST_SECRETS

LINES = [
    "Authorization: Bearer 1156abcdef",
    "Authorization: Token 1156abcdef",
    "/api/books/Bearer%201156abcdef",
    "Cookie: sessionid=9x8c7v; csrftoken=q1w2e3",
    "Set-Cookie: theme=9x8c7v; Path=/",
    'sessionid="9x8c7v"',
    '{"password": "hunter2hunter2"}',
    "{'password': 'hunter2hunter2'}",
    '{"password": "correct horse hunter2"}',
    r'"{\"password1\": \"correct horse hunter2\"}"',
    r'{"password": "ab\"hunter2"}',
    "password=hunter2hunter2&x=1",
    "password=correct horse hunter2",
    "new_password='correct horse hunter2'",
    "SECRET_KEY=hunter2",
    "token: 'it\\'s hunter2'",
    "http://ann:hunter2@/x@proxy:3128",
    "https://ann:hunter2hunter2@shop.example.net/page",
    "postgresql://colophon:hunter2hunter2@db:5432/colophon",
    "sqlite:////srv/colophon/var/colophon.sqlite3",
    "redis://:hunter2hunter2@cache:6379/0",
    '"ann secret"@example.org',
    "ann@[10.0.0.1]",
    "jürgen-ann@localhost",
    "Key (lower(email))=(ann@example.org) already exists.",
    "/api/users/ann%40example.org",
    "DETAIL:\nann@example.org\nBearer 1156abcdef\n" + "0123456789abcdef" * 4,
    f"token {'0123456789abcdef' * 4}",
    f"digest {'0123456789abcdef' * 8}",
    "argon2$argon2id$v=19$m=102400,t=2,p=8$c2FsdA$aGFzaA",
]
SECRETS = ["hunter2", "ann@", "ann%40", "1156abcdef", "9x8c7v", "q1w2e3", "horse", "0123456789abcdef", "c2FsdA",
           "/srv/", "ann secret", "10.0.0.1"]  # fmt: skip
HARMLESS = ["GET /api/books 200 in 3.2 ms", "https://shop.example.net/page?q=x", "password", "3 tokens", "a" * 63]


def log_in_all_ways(line: str) -> None:
    """Logs the line as a message, as an argument, as an exception and inside an extra value."""
    logger = logging.getLogger("tests")
    logger.warning("Message: " + line)  # noqa: G003  the message itself is tested
    logger.warning("Message: %s", line)
    logger.warning("Message", extra={"values": {"nested": [ValueError(line)], "password": "hunter2"}})
    try:
        raise ValueError(line)
    except ValueError:
        logger.exception("Message")


@pytest.mark.parametrize("line", LINES)
def test_secrets_are_removed_from_text_lines(text_log: StringIO, line: str) -> None:
    log_in_all_ways(line)

    text = text_log.getvalue()
    assert text.count("[removed]") >= 3
    assert [secret for secret in SECRETS if secret in text] == []


@pytest.mark.parametrize("line", LINES)
def test_secrets_are_removed_from_json_lines(json_log: StringIO, line: str) -> None:
    log_in_all_ways(line)

    text = json_log.getvalue()
    records = [json.loads(each) for each in text.splitlines()]
    assert ["[removed]" in str(record) for record in records] == [True] * 4
    assert records[2]["values"]["password"] == "[removed]"
    assert [secret for secret in SECRETS if secret in text] == []


@pytest.mark.parametrize("text", HARMLESS)
def test_other_text_is_unchanged(text: str) -> None:
    assert redact(text) == text


def test_values_are_redacted_by_name_and_content() -> None:
    values: dict[Any, Any] = {
        "count": 3, "ratio": 0.5, "nothing": None, "api_token": ["x"], "addresses": ("ann@example.org", "home"),
        1: {"cookie": {"nested": "x"}},
    }  # fmt: skip

    assert redact_value(values) == {
        "count": 3, "ratio": 0.5, "nothing": None, "api_token": "[removed]", "addresses": ["[removed]", "home"],
        "1": {"cookie": "[removed]"},
    }  # fmt: skip


@contextmanager
def limit_cpu_seconds(seconds: float) -> Iterator[None]:
    """Raises TimeoutError after this time of computing; a busy machine makes no difference."""

    def fail(*_: Any) -> None:
        raise TimeoutError(f"This takes more than {seconds} seconds.")

    previous = signal.signal(signal.SIGVTALRM, fail)
    signal.setitimer(signal.ITIMER_VIRTUAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, previous)


@pytest.mark.parametrize(
    "piece", ["a", "a.", "a@", "a:", "://", "password=", "x://a:", "@a.", "%40", "f", " ", '"', "\\"]
)
def test_long_lines_are_searched_in_linear_time(piece: str) -> None:
    """Takes less than a second; a quadratic pattern would take minutes."""
    with limit_cpu_seconds(20):
        redacted = redact(piece * 100_000 + " Bearer 1156abcdef")
    assert redacted.endswith("[removed]")


def test_the_search_of_the_suite_logs_finds_the_secrets_of_tests() -> None:
    for secret in ("correct horse battery", "ann@example.org", "sqlite:///x", "sessionid=x", "Bearer abc", "a" * 64):
        assert TEST_SECRETS.search(f'{{"message": "It contains {secret}"}}')
    for harmless in (
        "Bearer [removed]",
        "CACHE_URL must start with redis:// or rediss://, or be empty.",
        "DATABASE_URL must start with postgresql:// or sqlite:///.",
        "DATABASE_URL names no database (SQLite: sqlite:////absolute/path).",
    ):
        assert not TEST_SECRETS.search(harmless)
