"""Fetches pages in threads and parses them in processes, because BeautifulSoup holds the interpreter lock."""

import queue
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Self

from scraping.errors import CrawlFailed, FetchError, Halted, ParseError
from scraping.fetching.fetcher import Fetcher
from scraping.page import UNCONDITIONAL, NotModified, Page, Validators
from scraping.parsing.worker_pool import start_worker_pool

Parse = Callable[[Page], Any]
POLL_SECONDS = 0.5
# Fetched pages that wait for a parser, per connection: bounds memory if parsing is slower than fetching.
MAX_UNPARSED = 8
POOL_BROKEN = "A parsing process was killed. Start the crawl again: it continues with the pages already read."


@dataclass(frozen=True, slots=True)
class ReadResult:
    """`outcome` is the parser's result, NotModified, or the exception."""

    url: str
    outcome: object
    validators: Validators = UNCONDITIONAL


class PageReader:
    """Reads pages concurrently; `results` yields them in the order in which they are completed.

    FetchError and ParseError are outcomes. `results` raises every other exception: the end of the crawl, or a bug.
    """

    def __init__(self, fetcher: Fetcher, *, connections: int, halt: threading.Event) -> None:
        self._fetcher = fetcher
        self._halt = halt
        self._pending = 0
        self._results: queue.SimpleQueue[ReadResult] = queue.SimpleQueue()
        self._slots = threading.BoundedSemaphore(connections * MAX_UNPARSED)
        self._threads = ThreadPoolExecutor(connections, thread_name_prefix="fetch")
        self._workers: Executor | None = None
        self._workers_lock = threading.Lock()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._halt.set()
        self._threads.shutdown(wait=True, cancel_futures=True)
        if self._workers:
            self._workers.shutdown(wait=True, cancel_futures=True)

    def start_workers(self) -> Executor:
        """Starts the parsing processes. Without this call they start with the first page that needs parsing."""
        with self._workers_lock:
            if self._workers is None:
                self._workers = start_worker_pool()
            return self._workers

    def submit(self, url: str, parse: Parse, validators: Validators = UNCONDITIONAL) -> None:
        """Queues a page. Validators make its request conditional."""
        self._pending += 1
        self._threads.submit(self._read, url, parse, validators)

    def results(self) -> Iterator[ReadResult | None]:
        """Yields every submitted page, including pages submitted during the iteration.

        Yields None whenever no page is completed for half a second.
        """
        while self._pending:
            try:
                result = self._results.get(timeout=POLL_SECONDS)
            except queue.Empty:
                yield None
                continue
            self._pending -= 1
            if isinstance(result.outcome, BrokenProcessPool):
                raise CrawlFailed(POOL_BROKEN) from result.outcome
            if isinstance(result.outcome, BaseException) and not isinstance(result.outcome, FetchError | ParseError):
                raise result.outcome
            yield result

    def _read(self, url: str, parse: Parse, validators: Validators, *, is_repeated: bool = False) -> None:
        while not self._slots.acquire(timeout=POLL_SECONDS):
            if self._halt.is_set():
                return
        try:
            page = self._fetcher.fetch_again(url) if is_repeated else self._fetcher.fetch_page(url, validators)
            if isinstance(page, NotModified):
                self._deliver(ReadResult(url, page))
            else:
                self._parse(url, parse, page, may_repeat=not is_repeated)
        except Exception as error:  # noqa: BLE001  `results` raises it in the main thread
            self._deliver(ReadResult(url, error))

    def _parse(self, url: str, parse: Parse, page: Page, *, may_repeat: bool) -> None:
        """Parses the page in a process.

        An unreadable page is fetched once more: shops sometimes send an empty page or a notice with status 200.
        """

        def handle(future: "Future[Any]") -> None:
            error = Halted() if future.cancelled() else future.exception()
            if isinstance(error, ParseError) and may_repeat:
                self._slots.release()
                with suppress(RuntimeError):  # the reader is closing
                    self._threads.submit(self._read, url, parse, UNCONDITIONAL, is_repeated=True)
            else:
                self._deliver(ReadResult(url, error if error is not None else future.result(), page.validators))

        self.start_workers().submit(parse, page).add_done_callback(handle)

    def _deliver(self, result: ReadResult) -> None:
        self._slots.release()
        self._results.put(result)
