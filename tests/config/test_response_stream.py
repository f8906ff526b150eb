"""Responses of unknown length: sent no faster than the client receives them, and never cut off as if complete."""

import asyncio
import os
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from config import response_stream
from config.request_queue import QueueFull
from config.response_stream import MAX_COMPLETE, ResponseStreams, UnfinishedStream

PART = b"x" * 100_000
HEADERS = [("content-type", "text/csv")]


class Client:
    """Reads the response as granian does: it opens the path that it gets. `is_stalled` reads nothing."""

    def __init__(self, *, limit: int = -1, is_stalled: bool = False, is_gone: bool = False) -> None:
        self.limit, self.is_stalled, self.is_gone = limit, is_stalled, is_gone
        self.received = b""
        self.disconnected = asyncio.Event()

    def response_file(self, status: int, headers: list[tuple[str, str]], path: str) -> None:
        self.path = path
        if not self.is_gone:
            self.thread = threading.Thread(target=self.read, daemon=True)
            self.thread.start()

    def read(self) -> None:
        file = os.open(self.path, os.O_RDONLY)
        if self.is_stalled:
            self.file = file  # stays open
            return
        while chunk := os.read(file, 65_536):
            self.received += chunk
            if 0 <= self.limit < len(self.received):
                break
        os.close(file)

    async def client_disconnect(self) -> None:
        await self.disconnected.wait()


def send(client: Any, parts: Iterator[bytes], streams: ResponseStreams | None = None) -> Any:
    return (streams or ResponseStreams(1)).send(client, 200, HEADERS, parts)


def test_short_responses_are_sent_as_a_whole() -> None:
    assert send(Client(), iter([b"a", b"b"])) == (200, HEADERS, b"ab")


def test_long_responses_are_complete() -> None:
    client = Client()

    assert send(client, iter([PART] * 40)) is None

    client.thread.join(30)
    assert client.received == PART * 40
    assert not Path(client.path).parent.exists()


def test_no_more_is_made_than_the_client_can_receive(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(response_stream, "STALL_SECONDS", 0.2)
    client, made = Client(is_stalled=True), []

    def make() -> Iterator[bytes]:
        for number in range(1_000):
            made.append(number)
            yield PART

    result = send(client, make())

    assert isinstance(result, UnfinishedStream)
    assert len(made) * len(PART) < MAX_COMPLETE + 4 * len(PART)
    os.close(result.pipe)


def test_a_stalled_response_does_not_end(monkeypatch: pytest.MonkeyPatch) -> None:
    """Until the client disconnects: an end would make the file look complete."""
    monkeypatch.setattr(response_stream, "STALL_SECONDS", 0.2)
    client = Client(is_stalled=True)
    result = send(client, iter([PART] * 10))

    async def disconnect() -> bool:
        closing = asyncio.ensure_future(result.close_after_disconnect(client))
        await asyncio.sleep(0)
        was_open = not closing.done() and os.fstat(result.pipe) is not None
        client.disconnected.set()
        await closing
        return was_open

    assert asyncio.run(disconnect())
    with pytest.raises(OSError, match="Bad file descriptor"):
        os.fstat(result.pipe)


def test_an_error_while_making_it_does_not_end_the_response() -> None:
    def fail() -> Iterator[bytes]:
        yield from [PART] * 4
        raise ValueError

    result = send(Client(), fail())

    assert isinstance(result, UnfinishedStream)
    os.close(result.pipe)


def test_a_client_that_disconnects_ends_the_work() -> None:
    made = []

    def make() -> Iterator[bytes]:
        for number in range(1_000):
            made.append(number)
            yield PART

    assert send(Client(limit=500_000), make()) is None
    assert len(made) < 20


def test_a_client_that_is_gone_already_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(response_stream, "OPEN_SECONDS", 0.05)

    assert send(Client(is_gone=True), iter([PART] * 4)) is None


def test_number_of_streams_is_limited() -> None:
    streams = ResponseStreams(1)

    def nest() -> Iterator[bytes]:
        yield from [PART] * 4
        with pytest.raises(QueueFull):
            send(Client(), iter([PART] * 4), streams)
        assert send(Client(), iter([b"short"]), streams) == (200, HEADERS, b"short")

    assert send(Client(), nest(), streams) is None
    assert send(Client(), iter([PART] * 4), streams) is None
