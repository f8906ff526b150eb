"""What is logged of a request, in both formats, and what is taken out of any line."""

import json
import logging
import sys
from collections.abc import Iterator
from io import StringIO

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pytest_django.fixtures import Settings
from rest_framework.test import APIClient

from core.logs import Json, Line, request_id, without_secrets
from tests.support.suite_logs import PLANTED

SECRETS = [
    "Authorization: Bearer 1156abcdef",
    "Cookie: sessionid=9x8c7v; csrftoken=q1w2e3",
    '{"password": "hunter2hunter2"}',
    "password=hunter2hunter2&x=1",
    '{"password": "correct horse hunter2"}',
    r'"{\"password1\": \"correct horse hunter2\"}"',
    "SECRET_KEY=hunter2",
    "http://ann:hunter2@/x@proxy:3128",
    r'{"password": "ab\"hunter2"}',
    "password=correct horse hunter2",
    "token: 'it\\'s hunter2'",
    '"ann secret"@example.org',
    "ann@[10.0.0.1]",
    "Authorization: Token 1156abcdef",
    "/api/books/Bearer%201156abcdef",
    "Set-Cookie: theme=9x8c7v; Path=/",
    "new_password='correct horse hunter2'",
    'sessionid="9x8c7v"',
    "jürgen-ann@localhost",
    "DETAIL:\nann@example.org\nBearer 1156abcdef\n" + "0123456789abcdef" * 4,
    "{'password': 'hunter2hunter2'}",
    "postgresql://colophon:hunter2hunter2@db:5432/colophon",
    "sqlite:////srv/colophon/var/colophon.sqlite3",
    "redis://:hunter2hunter2@cache:6379/0",
    "https://ann:hunter2hunter2@shop.example.net/page",
    "Key (lower(email))=(ann@example.org) already exists.",
    "/api/users/ann%40example.org",
    f"token {'0123456789abcdef' * 4}",
    f"digest {'0123456789abcdef' * 8}",
    "argon2$argon2id$v=19$m=102400,t=2,p=8$c2FsdA$aGFzaA",
]


@pytest.fixture(params=[Line, Json])
def written(request: pytest.FixtureRequest) -> Iterator[StringIO]:
    stream = StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(request.param())
    logging.getLogger().addHandler(handler)
    yield stream
    logging.getLogger().removeHandler(handler)


@pytest.mark.parametrize("secret", SECRETS)
def test_a_secret_is_taken_out_of_messages_arguments_and_traces(written: StringIO, secret: str) -> None:
    logger = logging.getLogger("tests")

    logger.warning("It says: " + secret)  # noqa: G003
    logger.warning("It says: %s", secret)
    try:
        raise ValueError(secret)
    except ValueError:
        logger.exception("It failed")

    logger.warning("It says", extra={"said": {"it": [ValueError(secret)], "password": "hunter2"}})

    text = written.getvalue()
    assert "[removed]" in text
    assert all(json.loads(line) for line in text.splitlines() if line.startswith("{"))
    for part in (
        "hunter2",
        "ann@",
        "ann%40",
        "1156abcdef",
        "9x8c7v",
        "q1w2e3",
        "horse",
        "0123456789abcdef",
        "c2FsdA",
        "/srv/",
        "ann secret",
        "10.0.0.1",
    ):
        assert part not in text


def test_the_suite_s_own_search_would_find_them() -> None:
    for planted in ("correct horse battery", "ann@example.org", "sqlite:///x", "sessionid=x", "Bearer abc", "a" * 64):
        assert PLANTED.search(f'{{"message": "it said {planted}"}}')
    for harmless in (
        "Bearer [removed]",
        "CACHE_URL must start with redis:// or rediss://, or be empty.",
        "DATABASE_URL must start with postgresql:// or sqlite:///.",
        "DATABASE_URL names no database (SQLite: sqlite:////absolute/path).",
    ):
        assert not PLANTED.search(harmless)


@pytest.mark.django_db
def test_a_request_has_one_line_and_an_id_that_its_answer_carries(client: APIClient, written: StringIO) -> None:
    answer = client.get("/api/nothing/here?secret=sesame")

    (line,) = [line for line in written.getvalue().splitlines() if "colophon.requests" in line]
    assert answer["X-Request-ID"] in line
    assert "sesame" not in line
    if line.startswith("{"):
        said = json.loads(line)
        assert (said["method"], said["path"], said["status"]) == ("GET", "/api/nothing/here", 404)
        assert said["request_id"] == answer["X-Request-ID"]
        assert said["level"] == "INFO"
        assert said["ms"] > 0
        assert said["time"].endswith("+00:00")
    else:
        assert "GET /api/nothing/here 404 in" in line
    assert request_id.get() is None


@pytest.mark.django_db
def test_a_line_cannot_be_forged(client: APIClient, written: StringIO) -> None:
    client.get("/api/%0A2026-01-01 00:00:00 CRITICAL forged")

    assert not [line for line in written.getvalue().splitlines() if line.startswith("2026-01-01 00:00:00")]


@pytest.mark.django_db
@pytest.mark.parametrize(("proxies", "is_kept"), [(0, False), (1, True)])
def test_an_id_is_taken_from_a_proxy_alone(client: APIClient, settings: Settings, proxies: int, is_kept: bool) -> None:
    settings.NUM_PROXIES = proxies

    given_id = client.get("/", headers={"X-Request-ID": "given-by-the-proxy"})["X-Request-ID"]

    assert (given_id == "given-by-the-proxy") is is_kept
    assert client.get("/", headers={"X-Request-ID": "no id\r"})["X-Request-ID"] != "no id\r"


def test_every_record_becomes_one_object(written: StringIO) -> None:
    try:
        raise ValueError("two\nlines")
    except ValueError:
        logging.getLogger("tests").exception("It failed", extra={"book": object(), "stamp": sys.maxsize})

    if written.getvalue().startswith("{"):
        (line,) = written.getvalue().splitlines()
        assert "two\nlines" in json.loads(line)["exc_info"]


@given(st.sampled_from(["a", "a.", "a@", "a:", "://", "password=", "x://a:", "@a.", "%40", "f", " ", '"', "\\"]))
def test_a_long_line_is_read_once(piece: str) -> None:
    """Each kind of a secret is looked for in time that grows with the line, not with its square: this ends."""
    assert without_secrets(piece * 200_000)
