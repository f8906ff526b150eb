"""Sends responses of unknown length while they are made, no faster than the client receives them.

granian's own streams buffer without a limit the parts that the client has not received. It reads files piece by piece,
so that a named pipe limits the buffered parts to the size of the pipe.
"""

import logging
import os
import select
import tempfile
import time
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from threading import BoundedSemaphore

from granian.rsgi import HTTPProtocol

from config.request_queue import QueueFull

logger = logging.getLogger(__name__)

MAX_COMPLETE = 256 * 1024  # bytes; a shorter response is sent as a whole
OPEN_SECONDS = 10.0  # in which granian must open the pipe
STALL_SECONDS = 60.0  # without progress, after which the thread no longer waits for the client

Headers = list[tuple[str, str]]
Response = tuple[int, Headers, bytes]


class StreamStalled(Exception):
    """The client has received nothing for STALL_SECONDS."""


@dataclass(frozen=True)
class UnfinishedStream:
    """A pipe whose response ends too early. Closing it would make the response look complete."""

    pipe: int

    async def close_after_disconnect(self, protocol: HTTPProtocol) -> None:
        try:
            await protocol.client_disconnect()
        finally:
            os.close(self.pipe)


class ResponseStreams:
    """Up to `maximum` streams at a time, so that slow clients leave threads for other requests."""

    def __init__(self, maximum: int) -> None:
        self._free = BoundedSemaphore(maximum)

    def send(
        self, protocol: HTTPProtocol, status: int, headers: Headers, parts: Iterator[bytes]
    ) -> Response | UnfinishedStream | None:
        """Sends the response, or returns it if it is short. Raises QueueFull if there are too many streams."""
        beginning, is_complete = read_beginning(parts)
        if is_complete:
            return status, headers, beginning
        if not self._free.acquire(blocking=False):
            raise QueueFull
        try:
            pipe = open_pipe(protocol, status, headers)
            return None if pipe is None else fill_pipe(pipe, chain([beginning], parts))
        finally:
            self._free.release()


def read_beginning(parts: Iterator[bytes]) -> tuple[bytes, bool]:
    """Up to about MAX_COMPLETE bytes, and whether these are all."""
    beginning = bytearray()
    for part in parts:
        beginning += part
        if len(beginning) > MAX_COMPLETE:
            return bytes(beginning), False
    return bytes(beginning), True


def open_pipe(protocol: HTTPProtocol, status: int, headers: Headers) -> int | None:
    """Starts the response. Returns the end of the pipe to write to; None if the client has disconnected."""
    with tempfile.TemporaryDirectory(prefix="colophon-") as folder:
        path = Path(folder) / "response"
        os.mkfifo(path, 0o600)
        protocol.response_file(status, headers, str(path))
        deadline = time.monotonic() + OPEN_SECONDS
        while time.monotonic() < deadline:
            with suppress(OSError):  # nothing has opened it for reading
                return os.open(path, os.O_WRONLY | os.O_NONBLOCK)
            time.sleep(0.002)
    return None


def fill_pipe(pipe: int, parts: Iterable[bytes]) -> UnfinishedStream | None:
    try:
        for part in parts:
            write(pipe, part)
    except BrokenPipeError:
        logger.info("A client disconnected during a stream.")
    except Exception:  # the parts are made by any view; the client must not take the stream for complete
        logger.exception("A stream was not finished.")
        return UnfinishedStream(pipe)
    os.close(pipe)
    return None


def write(pipe: int, content: bytes) -> None:
    """Writes all, waiting for the client. Raises BrokenPipeError if it disconnects, StreamStalled if it stops."""
    rest = memoryview(content)
    poll = select.poll()
    poll.register(pipe, select.POLLOUT)
    while rest:
        if not poll.poll(STALL_SECONDS * 1000):
            raise StreamStalled
        rest = rest[os.write(pipe, rest) :]
