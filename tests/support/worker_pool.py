"""Parsing processes that all crawls of a test process share, because starting them takes a second of computing time."""

from concurrent.futures import Executor, ProcessPoolExecutor
from functools import cache
from typing import Any

from scraping.parsing.worker_pool import start_worker_pool

start_shared_pool = cache(start_worker_pool)


class SharedPool(Executor):
    """The shared processes as the pool of one crawl: its shutdown leaves them running."""

    def __init__(self) -> None:
        self._pool: ProcessPoolExecutor = start_shared_pool()

    def submit(self, *args: Any, **kwargs: Any) -> Any:
        return self._pool.submit(*args, **kwargs)

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Does nothing."""
