"""How requests come in from the web server, and that those which do not come keep no others."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from io import BytesIO
from types import SimpleNamespace
from typing import Any

import pytest
from pytest_django.fixtures import Settings

from config import rsgi


class Headers:
    """As the web server's: of values that are no ASCII it knows the names only."""

    def __init__(self, pairs: list[tuple[str, str]]) -> None:
        self.pairs = pairs

    def items(self) -> list[tuple[str, str]]:
        return [(name, value) for name, value in self.pairs if value.isascii()]

    def keys(self) -> list[str]:
        return [name for name, _ in self.pairs]


class Sent:
    """A client that sends these bytes, and then, where it is slow, nothing more."""

    def __init__(self, content: bytes, *, is_slow: bool = False) -> None:
        self.content, self.is_slow = content, is_slow
        self.status = 0

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for begin in range(0, len(self.content), 16_384):
            yield self.content[begin : begin + 16_384]
        if self.is_slow:
            await asyncio.Event().wait()

    def response_bytes(self, status: int, headers: list[tuple[str, str]], body: bytes) -> None:
        self.status = status


def sent(content: bytes, *, is_slow: bool = False) -> Any:
    return Sent(content, is_slow=is_slow)


def asked(method: str = "POST", path: str = "/nothing", *headers: tuple[str, str], client: str = "192.0.2.1:5") -> Any:
    return SimpleNamespace(
        method=method, path=path, query_string="", server="127.0.0.1:8000", client=client, scheme="http",
        headers=Headers([("host", "127.0.0.1:8000"), *headers]),
    )  # fmt: skip


@pytest.mark.parametrize("framing", [("transfer-encoding", "chunked"), ("content-length", "100000")])
def test_bodies_that_never_end_keep_no_large_one_from_being_read(framing: tuple[str, str], settings: Settings) -> None:
    async def attacked() -> tuple[int, int]:
        slow = [
            asyncio.ensure_future(rsgi.application(asked("POST", "/nothing", framing), sent(b"{", is_slow=True)))
            for _ in range(100)
        ]
        await asyncio.sleep(0)
        honest = sent(b" " * 100_000)
        async with asyncio.timeout(60):
            await rsgi.application(asked("POST", "/nothing", framing), honest)
        waiting = sum(not each.done() for each in slow)
        for each in slow:
            each.cancel()
        return honest.status, waiting

    settings.BODY_SECONDS = 600
    assert asyncio.run(attacked()) == (404, 100)


def test_large_bodies_in_memory_are_few_and_the_rest_are_told_in_time(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    chunked = rsgi.environ(asked("POST", "/", ("transfer-encoding", "chunked")))

    async def attacked() -> list[type]:
        monkeypatch.setattr(rsgi, "large_bodies", asyncio.Semaphore(1))
        async with AsyncExitStack() as first, AsyncExitStack() as second:
            large = await rsgi.body(dict(chunked), sent(b" " * 100_000), first)
            one_more = await rsgi.body(dict(chunked), sent(b" " * 100_000), second)
            small = await rsgi.body(dict(chunked), sent(b" " * 1_000), second)
        return [type(each) for each in (large, one_more, small)]

    settings.BODY_SECONDS = 0.2
    assert asyncio.run(attacked()) == [BytesIO, rsgi.Unread, BytesIO]


def test_headers_come_as_wsgi_has_them() -> None:
    scope = asked(
        "GET", "/caf\u00e9", ("cookie", "a=1"), ("cookie", "b=2"), ("accept", "a/b"), ("accept", "c/d"),
        ("x_forwarded_for", "203.0.113.9"), ("x-name", "\u00e9"), client="[2001:db8::1]:80",
    )  # fmt: skip

    environ = rsgi.environ(scope)

    assert environ["HTTP_COOKIE"] == "a=1; b=2"
    assert environ["HTTP_ACCEPT"] == "a/b,c/d"
    assert "HTTP_X_FORWARDED_FOR" not in environ
    assert environ["HTTP_X_NAME"] == "?"
    assert environ["REMOTE_ADDR"] == "2001:db8::1"
    assert environ["PATH_INFO"].encode("latin-1").decode() == "/caf\u00e9"
