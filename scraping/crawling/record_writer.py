"""Writes the pages that a crawl has read, in batches: staged for the quality gates, or into the catalogue at once."""

import time
from collections.abc import Callable, Mapping

from django.db import transaction

from books.ingest import ingest
from scraping.crawling.options import CrawlOptions
from scraping.crawling.page_store import FetchedPage, PageStore
from scraping.report import Counts

BATCH_SIZE = 100  # pages per write


class RecordWriter:
    """`staged` are the primary keys of staged pages by source key: their records are ingested after the run has passed
    the quality gates. If the page store is not staging, pages are ingested at once. `lock_run` is called in the same
    transaction; it raises RunTakenOver if another run has replaced this one.
    """

    def __init__(
        self, options: CrawlOptions, counts: Counts, pages: PageStore, *, lock_run: Callable[[], None]
    ) -> None:
        self.staged: dict[str, int] = {}
        self._options = options
        self._counts = counts
        self._pages = pages
        self._lock_run = lock_run
        self._batch: list[FetchedPage] = []
        self._flushed_at = time.monotonic()

    @property
    def waiting(self) -> int:
        """The number of pages that are not written yet."""
        return len(self._batch)

    def add(self, page: FetchedPage) -> None:
        self._batch.append(page)

    def stage(self, keys: Mapping[str, int]) -> None:
        """Adds pages that are stored already. `keys` are primary keys by source key."""
        self.staged |= keys
        self._counts.seen += len(keys)
        self._counts.staged += len(keys)

    def withdraw(self, source_key: str) -> None:
        """Counts a page as failed after all, unless its record has been ingested."""
        kept = [page for page in self._batch if page.record.source_key != source_key]
        if len(kept) < len(self._batch):
            self._batch = kept
            self._counts.seen += 1
            self._counts.failed += 1
        elif self.staged.pop(source_key, None):
            self._counts.staged -= 1
            self._counts.failed += 1

    def flush_if_due(self) -> None:
        is_old = time.monotonic() - self._flushed_at > self._options.flush_interval.total_seconds()
        if len(self._batch) >= BATCH_SIZE or is_old:
            self.flush()

    def flush(self) -> None:
        pages, self._batch, self._flushed_at = self._batch, [], time.monotonic()
        if not pages:
            return
        if self._pages.is_staging:
            keys = self._save_staged(pages)
            self.stage({page.record.source_key: key for page, key in zip(pages, keys, strict=True)})
        else:
            self._ingest(pages)

    @transaction.atomic
    def _save_staged(self, pages: list[FetchedPage]) -> list[int]:
        self._lock_run()
        return self._pages.save(pages)

    @transaction.atomic
    def _ingest(self, pages: list[FetchedPage]) -> None:
        self._lock_run()
        result = ingest([page.record for page in pages], dry_run=self._options.dry_run)
        if not self._options.dry_run:
            self._pages.save(pages)
        self._counts.add(result)
        self._counts.seen += len(pages)
