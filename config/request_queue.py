"""Threads behind a bounded queue. A request leaves the queue when its client disconnects."""

import asyncio
from collections.abc import Callable
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
    """Runs functions in `threads` threads; up to `max_waiting` requests wait in order. Used by one event loop.

    When the client of a waiting request disconnects, the request is skipped if it only reads. A write is executed
    after the requests of all connected clients, because clients that hang up early may expect it to be stored.
    """

    def __init__(self, *, threads: int, max_waiting: int, name: str) -> None:
        self._executor = ThreadPoolExecutor(threads, thread_name_prefix=name)
        self._idle = threads
        self._max_waiting = max_waiting
        self._waiting: dict[Turn, bool] = {}  # in the order of arrival; true for a write
        self._abandoned: dict[Turn, bool] = {}  # writes without a connected client

    async def run(
        self,
        client: HTTPProtocol,
        function: Callable[[*Arguments], Result],
        *arguments: *Arguments,
        is_write: bool,
    ) -> Result:
        """Calls the function in a thread. Raises QueueFull or ClientDisconnected if it is not called."""
        if self._idle:
            self._idle -= 1
        else:
            await self._wait_for_thread(client, is_write=is_write)
        try:
            return await asyncio.get_running_loop().run_in_executor(self._executor, function, *arguments)
        finally:
            self._release_thread()

    async def _wait_for_thread(self, client: HTTPProtocol, *, is_write: bool) -> None:
        loop = asyncio.get_running_loop()
        turn = loop.create_future()
        self._waiting[turn] = is_write
        timers = [loop.call_later(WATCH_AFTER, self._start_watching, client, turn)]
        if len(self._waiting) > self._max_waiting:
            timers.append(loop.call_later(REJECT_AFTER, self._reject_if_full, turn))
        try:
            await turn
        except asyncio.CancelledError:
            if not turn.cancelled():  # the thread was assigned before the cancellation
                self._release_thread()
            raise
        finally:
            self._waiting.pop(turn, None)
            self._abandoned.pop(turn, None)
            for timer in timers:
                timer.cancel()

    def _start_watching(self, client: HTTPProtocol, turn: Turn) -> None:
        watcher = asyncio.ensure_future(self._watch(client, turn))
        turn.add_done_callback(lambda _: watcher.cancel())

    async def _watch(self, client: HTTPProtocol, turn: Turn) -> None:
        await client.client_disconnect()  # granian also reports a disconnection before this call
        if turn not in self._waiting:
            return
        if self._waiting.pop(turn) and len(self._abandoned) < self._max_waiting:
            self._abandoned[turn] = True
        else:
            turn.set_exception(ClientDisconnected())

    def _reject_if_full(self, turn: Turn) -> None:
        if turn in self._waiting and len(self._waiting) > self._max_waiting:
            del self._waiting[turn]
            turn.set_exception(QueueFull())

    def _release_thread(self) -> None:
        """Passes the thread to the request that has waited longest."""
        while queue := self._waiting or self._abandoned:
            turn = next(iter(queue))
            del queue[turn]
            if not turn.done():
                turn.set_result(None)
                return
        self._idle += 1
