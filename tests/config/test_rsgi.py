"""How requests come in from the web server, and that those which do not come keep no others."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from io import BytesIO
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.exceptions import RequestDataTooBig
from pytest_django.fixtures import Settings

from config import rsgi
from tests.support.routes import methods, routes


class Headers:
    """As the web server's: of values that are no ASCII it knows the names only."""

    def __init__(self, pairs: list[tuple[str, str]]) -> None:
        self.pairs = pairs

    def items(self) -> list[tuple[str, str]]:
        return [(name, value) for name, value in self.pairs if value.isascii()]

    def keys(self) -> list[str]:
        return list(dict(self.pairs))


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
            large = await rsgi.body(dict(chunked), sent(b" " * 100_000), first)  # has come, and is not answered yet
            one_more = await rsgi.body(dict(chunked), sent(b" " * 100_000), second)
            small = await rsgi.body(dict(chunked), sent(b" " * 1_000), second)
        return [type(each) for each in (large, one_more, small)]

    settings.BODY_SECONDS = 0.2
    assert asyncio.run(attacked()) == [BytesIO, rsgi.Unread, BytesIO]


def test_large_bodies_that_stop_half_way_keep_no_other_one_out(settings: Settings) -> None:
    chunked = ("transfer-encoding", "chunked")

    async def attacked() -> tuple[int, list[int]]:
        stopped = [sent(b" " * 70_000, is_slow=True) for _ in range(40)]
        scope = asked("POST", "/api/users", chunked, ("content-type", "application/json"))
        slow = [asyncio.ensure_future(rsgi.application(scope, each)) for each in stopped]
        await asyncio.sleep(0)
        honest = sent(b" " * 100_000)
        async with asyncio.timeout(60):
            await rsgi.application(asked("POST", "/nothing", chunked), honest)
        for each in slow:
            each.cancel()
        return honest.status, [each.status for each in stopped[:5]]

    settings.BODY_SECONDS = 600
    assert asyncio.run(attacked()) == (404, [408] * 5)


@pytest.mark.parametrize(("extra", "reads"), [(0, BytesIO), (1, rsgi.Unread)])
@pytest.mark.parametrize("framing", ["transfer-encoding", "content-length"])
def test_a_body_past_the_limit_is_no_shorter_one(framing: str, extra: int, reads: type, settings: Settings) -> None:
    size = settings.DATA_UPLOAD_MAX_MEMORY_SIZE + extra
    said = rsgi.environ(asked("POST", "/", (framing, "chunked" if framing == "transfer-encoding" else str(size))))

    async def received() -> Any:
        async with AsyncExitStack() as held:
            return await rsgi.body(said, sent(b" " * size), held)

    read = asyncio.run(received())
    assert isinstance(read, reads)
    if isinstance(read, rsgi.Unread):
        with pytest.raises(RequestDataTooBig):
            read.read()


def test_what_may_wait_for_open_library_waits_apart() -> None:
    apart = {
        (method, path)
        for path, view in routes()
        for method in methods(view)
        if rsgi.asks_outside(rsgi.environ(asked(method.lower(), f"{path}/")))
    }

    assert apart == {("GET", "/search"), ("GET", "/api/search"), ("POST", "/save"), ("POST", "/api/library")}


def test_no_browser_accepts_so_much() -> None:
    accepted = ",".join(f"a/b{number};q=1" for number in range(5_000))

    assert "HTTP_ACCEPT" not in rsgi.environ(asked("GET", "/", ("accept", accepted)))
    assert rsgi.environ(asked("GET", "/", ("accept", "text/html")))["HTTP_ACCEPT"] == "text/html"


def test_headers_come_as_wsgi_has_them() -> None:
    scope = asked(
        "get", "/caf\u00e9", ("authorization", "Bearer \u00e9"), ("cookie", "a=1"), ("cookie", "b=2"),
        ("accept", "a/b"), ("accept", "c/d"), ("x_forwarded_for", "203.0.113.9"), ("x-name", "\u00e9"),
        client="[2001:db8::1]:80",
    )  # fmt: skip

    environ = rsgi.environ(scope)

    assert environ["HTTP_COOKIE"] == "a=1; b=2"
    assert environ["HTTP_ACCEPT"] == "a/b,c/d"
    assert "HTTP_X_FORWARDED_FOR" not in environ
    assert environ["HTTP_X_NAME"] == environ["HTTP_AUTHORIZATION"] == "?"
    assert environ["REQUEST_METHOD"] == "GET"
    assert environ["REMOTE_ADDR"] == "2001:db8::1"
    assert environ["PATH_INFO"].encode("latin-1").decode() == "/caf\u00e9"
