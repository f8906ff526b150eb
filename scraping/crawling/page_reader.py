"""Fetches pages in threads and parses them in processes: BeautifulSoup holds the interpreter lock for milliseconds."""

import queue
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor, ThreadPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from typing import Any, Self

from scraping.errors import CrawlFailed, FetchError, Halted
from scraping.fetching.fetcher import Fetcher
from scraping.page import UNCONDITIONAL, NotModified, Page, ParseError, Validators
from scraping.parsing.worker_pool import start_parsers

IDLE_SECONDS = 0.5
# Pages that are fetched but not yet parsed, per connection: memory stays flat where parsing is the slower part.
AHEAD = 8


@dataclass(frozen=True, slots=True)
class Reading:
    """What came of one page: the parser's result, NotModified, or the error in its place."""

    url: str
    result: object
    validators: Validators = UNCONDITIONAL


class Reader:
    """Reads pages side by side; `readings` gives them as they come, in any order.

    A failure of a page (FetchError, ParseError) is a reading. Anything else that a parser raises is a bug, and
    is raised by `readings`.
    """

    def __init__(self, fetcher: Fetcher, *, connections: int, halt: threading.Event) -> None:
        self._fetcher = fetcher
        self._halt = halt
        self._pending = 0
        self._done: queue.SimpleQueue[Reading] = queue.SimpleQueue()
        self._room = threading.BoundedSemaphore(connections * AHEAD)
        self._threads = ThreadPoolExecutor(connections, thread_name_prefix="fetch")
        self._parsers: ProcessPoolExecutor | None = None
        self._parsers_lock = threading.Lock()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._halt.set()
        self._threads.shutdown(wait=True, cancel_futures=True)
        if self._parsers:
            self._parsers.shutdown(wait=True, cancel_futures=True)

    def start_parsers(self) -> ProcessPoolExecutor:
        """They start with the first page to parse, where nobody starts them before."""
        with self._parsers_lock:
            if self._parsers is None:
                self._parsers = start_parsers()
            return self._parsers

    def read(self, url: str, parse: Callable[[Page], Any], known: Validators = UNCONDITIONAL) -> None:
        self._pending += 1
        self._threads.submit(self._fetch, url, parse, known)

    def readings(self) -> Iterator[Reading | None]:
        """Each page asked for, also those asked for meanwhile; None when nothing came for half a second."""
        while self._pending:
            try:
                reading = self._done.get(timeout=IDLE_SECONDS)
            except queue.Empty:
                yield None
                continue
            self._pending -= 1
            if isinstance(reading.result, BrokenProcessPool):
                raise CrawlFailed("A parsing process was ended from outside") from reading.result
            if isinstance(reading.result, BaseException) and not isinstance(reading.result, FetchError | ParseError):
                raise reading.result
            yield reading

    def _fetch(self, url: str, parse: Callable[[Page], Any], known: Validators) -> None:
        while not self._room.acquire(timeout=IDLE_SECONDS):
            if self._halt.is_set():
                return  # nobody waits for the reading any more
        try:
            page = self._fetcher.get(url, known)
            if isinstance(page, NotModified):
                self._tell(Reading(url, page))
            else:
                parsing = self.start_parsers().submit(parse, page)
                parsing.add_done_callback(lambda future: self._parsed(url, page.validators, future))
        except Exception as error:  # noqa: BLE001  handed to the thread that waits in `readings`, which raises it
            self._tell(Reading(url, error))

    def _parsed(self, url: str, validators: Validators, future: "Future[Any]") -> None:
        error = Halted() if future.cancelled() else future.exception()
        self._tell(Reading(url, error if error is not None else future.result(), validators))

    def _tell(self, reading: Reading) -> None:
        self._room.release()
        self._done.put(reading)
