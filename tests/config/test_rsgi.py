"""The RSGI application: conversion to WSGI, and limits on request bodies."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from io import BytesIO
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.exceptions import RequestDataTooBig
from pytest_django.fixtures import Settings

from config import request_body, rsgi

CHUNKED = ("transfer-encoding", "chunked")


class Headers:
    """Like granian's: `items` leaves out values that are not ASCII."""

    def __init__(self, pairs: list[tuple[str, str]]) -> None:
        self.pairs = pairs

    def items(self) -> list[tuple[str, str]]:
        return [(name, value) for name, value in self.pairs if value.isascii()]

    def keys(self) -> list[str]:
        return list(dict(self.pairs))


class Client:
    """Sends a body in chunks of 16 KB. A stalled client never ends it."""

    def __init__(self, body: bytes, *, is_stalled: bool = False) -> None:
        self.body, self.is_stalled = body, is_stalled
        self.status = 0

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for start in range(0, len(self.body), 16_384):
            yield self.body[start : start + 16_384]
        if self.is_stalled:
            await asyncio.Event().wait()

    def response_bytes(self, status: int, headers: list[tuple[str, str]], body: bytes) -> None:
        self.status = status


def send(body: bytes, *, is_stalled: bool = False) -> Any:
    return Client(body, is_stalled=is_stalled)


def make_scope(
    method: str = "POST", path: str = "/nothing", *headers: tuple[str, str], client: str = "192.0.2.1:5"
) -> Any:
    return SimpleNamespace(
        method=method, path=path, query_string="", server="127.0.0.1:8000", client=client, scheme="http",
        http_version="1.1", headers=Headers([("host", "127.0.0.1:8000"), *headers]),
    )  # fmt: skip


@pytest.mark.parametrize("framing", [CHUNKED, ("content-length", "100000")])
def test_stalled_uploads_do_not_block_large_ones(framing: tuple[str, str], settings: Settings) -> None:
    async def upload_beside_stalled_clients() -> tuple[int, int]:
        stalled = [
            asyncio.ensure_future(
                rsgi.application(make_scope("POST", "/nothing", framing), send(b"{", is_stalled=True))
            )
            for _ in range(100)
        ]
        await asyncio.sleep(0)
        large = send(b" " * 100_000)
        async with asyncio.timeout(60):
            await rsgi.application(make_scope("POST", "/nothing", framing), large)
        waiting = sum(not each.done() for each in stalled)
        for each in stalled:
            each.cancel()
        return large.status, waiting

    settings.BODY_SECONDS = 600
    assert asyncio.run(upload_beside_stalled_clients()) == (404, 100)


def test_number_of_large_bodies_in_memory_is_limited(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    environ = rsgi.build_environ(make_scope("POST", "/", CHUNKED))

    async def read_three_bodies() -> list[type]:
        monkeypatch.setattr(request_body, "large_body_slots", asyncio.Semaphore(1))
        async with AsyncExitStack() as first, AsyncExitStack() as second:
            large = await request_body.read_body(
                dict(environ), send(b" " * 100_000), first
            )  # keeps its slot until the response
            second_large = await request_body.read_body(dict(environ), send(b" " * 100_000), second)
            small = await request_body.read_body(dict(environ), send(b" " * 1_000), second)
        return [type(each) for each in (large, second_large, small)]

    settings.BODY_SECONDS = 1
    assert asyncio.run(read_three_bodies()) == [BytesIO, request_body.UnreadableBody, BytesIO]


def test_stalled_large_uploads_are_cancelled_for_new_ones(settings: Settings) -> None:
    async def upload_beside_stalled_clients() -> tuple[int, list[int]]:
        clients = [send(b" " * 70_000, is_stalled=True) for _ in range(40)]
        scope = make_scope("POST", "/api/users", CHUNKED, ("content-type", "application/json"))
        stalled = [asyncio.ensure_future(rsgi.application(scope, each)) for each in clients]
        await asyncio.sleep(0)
        large = send(b" " * 100_000)
        async with asyncio.timeout(60):
            await rsgi.application(make_scope("POST", "/nothing", CHUNKED), large)
        for each in stalled:
            each.cancel()
        return large.status, [each.status for each in clients[:5]]

    settings.BODY_SECONDS = 600
    assert asyncio.run(upload_beside_stalled_clients()) == (404, [408] * 5)


@pytest.mark.parametrize(("extra", "kind"), [(0, BytesIO), (1, request_body.UnreadableBody)])
@pytest.mark.parametrize("framing", ["transfer-encoding", "content-length"])
def test_body_over_the_limit_is_not_truncated(framing: str, extra: int, kind: type, settings: Settings) -> None:
    size = settings.DATA_UPLOAD_MAX_MEMORY_SIZE + extra
    header = (framing, "chunked" if framing == "transfer-encoding" else str(size))
    environ = rsgi.build_environ(make_scope("POST", "/", header))

    async def read() -> Any:
        async with AsyncExitStack() as resources:
            return await request_body.read_body(environ, send(b" " * size), resources)

    body = asyncio.run(read())
    assert isinstance(body, kind)
    if isinstance(body, request_body.UnreadableBody):
        with pytest.raises(RequestDataTooBig):
            body.read()


def test_very_long_accept_header_is_dropped() -> None:
    accept = ",".join(f"a/b{number};q=1" for number in range(5_000))

    assert "HTTP_ACCEPT" not in rsgi.build_environ(make_scope("GET", "/", ("accept", accept)))
    assert rsgi.build_environ(make_scope("GET", "/", ("accept", "text/html")))["HTTP_ACCEPT"] == "text/html"


def test_headers_follow_the_wsgi_rules() -> None:
    scope = make_scope(
        "get", "/caf\u00e9", ("authorization", "Bearer \u00e9"), ("cookie", "a=1"), ("cookie", "b=2"),
        ("accept", "a/b"), ("accept", "c/d"), ("x_forwarded_for", "203.0.113.9"), ("x-name", "\u00e9"),
        client="[2001:db8::1]:80",
    )  # fmt: skip

    environ = rsgi.build_environ(scope)

    assert environ["HTTP_COOKIE"] == "a=1; b=2"
    assert environ["HTTP_ACCEPT"] == "a/b,c/d"
    assert "HTTP_X_FORWARDED_FOR" not in environ
    assert environ["HTTP_X_NAME"] == environ["HTTP_AUTHORIZATION"] == "?"
    assert environ["REQUEST_METHOD"] == "GET"
    assert environ["REMOTE_ADDR"] == "2001:db8::1"
    assert environ["PATH_INFO"].encode("latin-1").decode() == "/caf\u00e9"
