"""Threads with a bounded queue in front of them. Requests whose clients have disconnected leave the queue."""

import asyncio
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar, TypeVarTuple

from granian.rsgi import HTTPProtocol

# Seconds in the queue after which a client is watched. Watching costs a task, and most requests wait for less.
WATCH_AFTER = 0.02
# Seconds after which a request over the bound is rejected. Until then, requests of disconnected clients make room.
REJECT_AFTER = 0.5

Arguments = TypeVarTuple("Arguments")
Result = TypeVar("Result")
Turn = asyncio.Future[None]


class QueueFull(Exception):
    """As many requests as allowed are waiting for a thread."""


class ClientDisconnected(Exception):
    """The client closed the connection while its request waited for a thread."""


class RequestQueue:
    """Runs functions in `threads` threads; up to `max_waiting` requests wait in order. Used by one event loop."""

    def __init__(self, *, threads: int, max_waiting: int, name: str) -> None:
        self._executor = ThreadPoolExecutor(threads, thread_name_prefix=name)
        self._idle = threads
        self._max_waiting = max_waiting
        self._waiting: dict[Turn, None] = {}  # in the order of arrival

    async def run(
        self, client: HTTPProtocol | None, function: Callable[[*Arguments], Result], *arguments: *Arguments
    ) -> Result:
        """Calls the function in a thread. Raises QueueFull, or ClientDisconnected if `client` is given and has left."""
        if self._idle:
            self._idle -= 1
        else:
            await self._wait_for_thread(client)
        try:
            return await asyncio.get_running_loop().run_in_executor(self._executor, function, *arguments)
        finally:
            self._release_thread()

    async def _wait_for_thread(self, client: HTTPProtocol | None) -> None:
        turn = asyncio.get_running_loop().create_future()
        self._waiting[turn] = None
        timers = list(self._start_timers(turn, client))
        try:
            await turn
        except asyncio.CancelledError:
            if not turn.cancelled():  # the thread was assigned before the cancellation
                self._release_thread()
            raise
        finally:
            self._waiting.pop(turn, None)
            for timer in timers:
                timer.cancel()

    def _start_timers(self, turn: Turn, client: HTTPProtocol | None) -> Iterator[asyncio.TimerHandle]:
        loop = asyncio.get_running_loop()
        if client is not None:
            yield loop.call_later(WATCH_AFTER, start_watching, client, turn)
        if len(self._waiting) > self._max_waiting:
            yield loop.call_later(REJECT_AFTER, self._reject_if_full, turn)

    def _reject_if_full(self, turn: Turn) -> None:
        if len(self._waiting) > self._max_waiting and not turn.done():
            del self._waiting[turn]
            turn.set_exception(QueueFull())

    def _release_thread(self) -> None:
        """Passes the thread to the request that has waited longest."""
        while self._waiting:
            turn = next(iter(self._waiting))
            del self._waiting[turn]
            if not turn.done():
                turn.set_result(None)
                return
        self._idle += 1


def start_watching(client: HTTPProtocol, turn: Turn) -> None:
    watcher = asyncio.ensure_future(watch_client(client, turn))
    turn.add_done_callback(lambda _: watcher.cancel())


async def watch_client(client: HTTPProtocol, turn: Turn) -> None:
    """Granian also reports a disconnection that happened before this call."""
    await client.client_disconnect()
    if not turn.done():
        turn.set_exception(ClientDisconnected())
