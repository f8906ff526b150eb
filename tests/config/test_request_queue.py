"""The queue in front of the web threads: its bound, its order, and clients that disconnect while they wait."""

import asyncio
import threading
from collections.abc import Callable
from typing import Any

import pytest

from config import request_queue
from config.request_queue import ClientDisconnected, QueueFull, RequestQueue


class Client:
    """Like granian's protocol: `client_disconnect` returns when the client has left."""

    def __init__(self) -> None:
        self.has_left = asyncio.Event()

    async def client_disconnect(self) -> None:
        await self.has_left.wait()


class Work:
    """Occupies a thread until it is released, and records the calls."""

    def __init__(self) -> None:
        self.calls: list[str] = []
        self.released = threading.Event()

    def __call__(self, name: str) -> str:
        self.calls.append(name)
        self.released.wait(60)
        return name


def start(
    queue: RequestQueue, client: Any, work: Callable[[str], str], name: str, *, is_write: bool = False
) -> "asyncio.Task[str]":
    return asyncio.ensure_future(queue.run(client, work, name, is_write=is_write))


def divide_by_zero(name: str) -> str:
    return name * (1 // 0)


async def let_tasks_run() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


@pytest.fixture(autouse=True)
def times(monkeypatch: pytest.MonkeyPatch) -> None:
    """Clients are watched at once, and no request is rejected before the test has made room for it."""
    monkeypatch.setattr(request_queue, "WATCH_AFTER", 0)
    monkeypatch.setattr(request_queue, "REJECT_AFTER", 60)


def test_requests_over_the_bound_are_rejected(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(request_queue, "REJECT_AFTER", 0.05)

    async def scenario() -> None:
        queue, work, client = RequestQueue(threads=1, max_waiting=2, name="test"), Work(), Client()
        accepted = [start(queue, Client(), work, name) for name in "abc"]
        await let_tasks_run()
        with pytest.raises(QueueFull):
            await start(queue, client, work, "d")
        work.released.set()
        assert await asyncio.gather(*accepted) == ["a", "b", "c"]
        assert await start(queue, client, work, "e") == "e"
        assert work.calls == ["a", "b", "c", "e"]

    asyncio.run(scenario())


def test_requests_of_disconnected_clients_are_not_executed_and_free_their_places() -> None:
    async def scenario() -> None:
        queue, work = RequestQueue(threads=1, max_waiting=2, name="test"), Work()
        first = start(queue, Client(), work, "first")
        leaving, staying = Client(), Client()
        abandoned = start(queue, leaving, work, "abandoned")
        kept = start(queue, staying, work, "kept")
        await asyncio.sleep(0.01)
        leaving.has_left.set()
        with pytest.raises(ClientDisconnected):
            await abandoned
        another = start(queue, Client(), work, "another")
        await let_tasks_run()
        work.released.set()
        assert list(await asyncio.gather(first, kept, another)) == ["first", "kept", "another"]
        assert work.calls == ["first", "kept", "another"]

    asyncio.run(scenario())


def test_a_full_queue_gives_disconnected_clients_time_to_leave() -> None:
    async def scenario() -> None:
        queue, work = RequestQueue(threads=1, max_waiting=2, name="test"), Work()
        first = start(queue, Client(), work, "first")
        clients = [Client() for _ in range(20)]
        abandoned = [start(queue, client, work, "abandoned") for client in clients]
        last = start(queue, Client(), work, "last")
        await asyncio.sleep(0.01)
        for client in clients:
            client.has_left.set()
        results = await asyncio.gather(*abandoned, return_exceptions=True)
        await asyncio.sleep(0.1)
        work.released.set()
        assert [await first, await last] == ["first", "last"]
        assert {type(result) for result in results} == {ClientDisconnected}

    asyncio.run(scenario())


def test_writes_of_disconnected_clients_are_executed_last() -> None:
    async def scenario() -> None:
        queue, work, leaving = RequestQueue(threads=1, max_waiting=2, name="test"), Work(), Client()
        first = start(queue, Client(), work, "first")
        writes = [start(queue, leaving, work, name, is_write=True) for name in ("kept 1", "kept 2", "over the bound")]
        await asyncio.sleep(0.01)
        leaving.has_left.set()
        await let_tasks_run()
        page = start(queue, Client(), work, "page")
        await let_tasks_run()
        work.released.set()
        results = await asyncio.gather(first, page, *writes, return_exceptions=True)
        assert results[:4] == ["first", "page", "kept 1", "kept 2"]
        assert isinstance(results[4], ClientDisconnected)
        assert work.calls == ["first", "page", "kept 1", "kept 2"]

    asyncio.run(scenario())


def test_requests_that_began_are_completed() -> None:
    async def scenario() -> None:
        queue, work, client = RequestQueue(threads=1, max_waiting=2, name="test"), Work(), Client()
        began = start(queue, client, work, "began")
        await asyncio.sleep(0.01)
        client.has_left.set()
        await let_tasks_run()
        work.released.set()
        assert await began == "began"

    asyncio.run(scenario())


def test_errors_and_cancellations_release_the_thread() -> None:
    async def scenario() -> None:
        queue, work, client = RequestQueue(threads=1, max_waiting=2, name="test"), Work(), Client()
        first = start(queue, client, work, "first")
        await let_tasks_run()
        waiting = start(queue, Client(), work, "cancelled")
        await let_tasks_run()
        waiting.cancel()
        work.released.set()
        await first
        with pytest.raises(ZeroDivisionError):
            await start(queue, client, divide_by_zero, "")
        assert await start(queue, client, work, "last") == "last"
        assert work.calls == ["first", "last"]

    asyncio.run(scenario())


def test_a_request_that_is_cancelled_when_its_turn_has_come_passes_the_thread_on() -> None:
    async def scenario() -> None:
        queue, work = RequestQueue(threads=1, max_waiting=2, name="test"), Work()
        work.released.set()
        first, second, third = (start(queue, Client(), work, name) for name in ("first", "second", "third"))
        first.add_done_callback(lambda _: second.cancel())
        assert await third == "third"
        assert work.calls[0] == "first"

    asyncio.run(scenario())
