"""Stores the last version of each product page, so that a page is fetched again only for a reason."""

import zlib
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models.functions import Now
from django.utils import timezone

from books.records import BookRecord
from scraping.models import PageState, ScrapeRun
from scraping.page import Validators
from scraping.record_json import record_from_json, record_to_json
from scraping.sites.site import ListingEntry, Site, is_numbered


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchedPage:
    """A product page that the current run fetched and parsed."""

    entry: ListingEntry
    record: BookRecord
    validators: Validators


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredPage:
    """A row of PageState without its record, which stays in the database until it is ingested."""

    pk: int
    source_key: str
    url: str
    listing: str
    validators: Validators
    read_at: datetime

    def is_due(self, max_age: timedelta) -> bool:
        """Whether the page is due for another request.

        The due date lies between half of `max_age` and `max_age`, depending on the address. Pages that were read in
        one run are therefore due on different days.
        """
        share = zlib.crc32(self.url.encode(errors="surrogatepass")) / 2**32
        return timezone.now() >= self.read_at + max_age * (0.5 + 0.5 * share)


class PageStore:
    """The product pages of a site. If it `is_staging`, the pages of the run are staged until `publish` is called.

    `run` is None for a dry run, which stores nothing.
    """

    def __init__(self, site: Site, *, run: ScrapeRun | None, is_staging: bool) -> None:
        self._site = site.name
        self._version = site.version
        self._staging_run = run if is_staging else None
        self._continues_since = run.continues_since if run else None
        self._pages: dict[str, StoredPage] = {}

    @property
    def is_staging(self) -> bool:
        return self._staging_run is not None

    @property
    def is_empty(self) -> bool:
        return not self._pages

    def load(self) -> None:
        """Loads the stored pages. Staged pages of the unfinished runs that this one continues become its pages."""
        if self._staging_run:
            self._adopt_staged_pages(self._staging_run)
        published = PageState.objects.filter(site=self._site, run=None)
        staged = PageState.objects.filter(run=self._staging_run, run__isnull=False)
        for rows in (published, staged):  # a staged page is newer than the published one
            self._pages |= {row.url: _to_stored_page(row) for row in rows.defer("record")}

    def _adopt_staged_pages(self, run: ScrapeRun) -> None:
        abandoned = PageState.objects.filter(site=self._site, run__isnull=False).exclude(run=run)
        abandoned.filter(read_at__lt=run.continues_since).delete()
        newest = {row.source_key: row.pk for row in abandoned.only("source_key").order_by("read_at")}
        abandoned.filter(pk__in=newest.values()).update(run=run)
        abandoned.delete()

    def find_unchanged(self, entry: ListingEntry) -> StoredPage | None:
        """The stored page of a listed book; None if there is none, or if the listing entry has changed since."""
        page = self._pages.get(entry.url)
        return page if page and page.listing == self._build_listing_key(entry) else None

    def keep_source_key(self, url: str, record: BookRecord) -> BookRecord:
        """Gives the record the source key of the stored page if one of the two is only the product's number.

        Otherwise a product would become another book when its shop adds or removes the proper key.
        """
        stored = self._pages.get(url)
        if stored and (is_numbered(stored.source_key) or is_numbered(record.source_key)):
            return replace(record, source_key=stored.source_key)
        return record

    def find_source_keys(self, urls: Iterable[str]) -> set[str]:
        """The source keys of the pages among these that are stored."""
        return {self._pages[url].source_key for url in urls if url in self._pages}

    def is_fresh(self, page: StoredPage, max_age: timedelta) -> bool:
        """Whether the page need not be fetched: it is not due, or the runs that this one continues have read it."""
        is_continued = self._continues_since is not None and page.read_at >= self._continues_since
        return is_continued or not page.is_due(max_age)

    def load_fields(self, keys: Collection[int]) -> dict[int, dict[str, Any]]:
        """The records as JSON, by primary key."""
        return dict(PageState.objects.filter(pk__in=keys).values_list("pk", "record"))

    def load_records(self, keys: Collection[int]) -> list[BookRecord]:
        return [record_from_json(fields) for fields in self.load_fields(keys).values()]

    @transaction.atomic
    def save(self, pages: Collection[FetchedPage]) -> list[int]:
        """Stores the pages, staged if there is a staging run. Returns the primary keys."""
        rows = [self._build_row(page) for page in pages]
        replaced = PageState.objects.filter(site=self._site, run=self._staging_run)
        replaced.filter(source_key__in=[row.source_key for row in rows]).delete()
        return [row.pk for row in PageState.objects.bulk_create(rows)]

    def mark_as_read(self, page: StoredPage) -> None:
        """Sets the time of the last reading after the response 304."""
        PageState.objects.filter(pk=page.pk).update(read_at=Now())

    @transaction.atomic
    def publish(self, keys: Collection[int]) -> None:
        """Replaces the published pages of the same books by these staged ones."""
        staged = PageState.objects.filter(pk__in=keys, run=self._staging_run, run__isnull=False)
        published = PageState.objects.filter(site=self._site, run=None)
        published.filter(source_key__in=list(staged.values_list("source_key", flat=True))).delete()
        staged.update(run=None)

    def discard_staged(self) -> None:
        PageState.objects.filter(run=self._staging_run, run__isnull=False).delete()

    def _build_row(self, page: FetchedPage) -> PageState:
        entry, record = page.entry, page.record
        return PageState(
            site=self._site,
            url=entry.url,
            run=self._staging_run,
            source_key=record.source_key,
            record=record_to_json(record),
            # If the page contradicts its listing, one of them is outdated. Without a key the next run fetches it again.
            listing=self._build_listing_key(entry) if entry.agrees_with(record) else "",
            etag=page.validators.etag,
            last_modified=page.validators.last_modified,
        )

    def _build_listing_key(self, entry: ListingEntry) -> str:
        return f"{self._version} {entry.fingerprint}"


def _to_stored_page(row: PageState) -> StoredPage:
    return StoredPage(
        pk=row.pk,
        source_key=row.source_key,
        url=row.url,
        listing=row.listing,
        validators=Validators(etag=row.etag, last_modified=row.last_modified),
        read_at=row.read_at,
    )
