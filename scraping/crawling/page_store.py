"""The product pages of a shop as they were last read: one is fetched again only for a reason."""

import zlib
from collections.abc import Collection, Iterable
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils import timezone

from books.records import AuthorRecord, BookRecord
from scraping.models import PageState, ScrapeRun
from scraping.page import Validators
from scraping.runs import lifecycle as runs
from scraping.sites.site import ListingEntry, Site

STILL_GOOD = timedelta(hours=1)  # what an unfinished run read so lately is not fetched again


@dataclass(frozen=True, slots=True, kw_only=True)
class PageRead:
    """A product page that was just read, beside what its listing said."""

    entry: ListingEntry
    record: BookRecord
    validators: Validators


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownPage:
    """What is known of a page without asking; its record stays in the database until it is needed."""

    pk: int
    source_key: str
    url: str
    listing: str
    validators: Validators
    read_at: datetime

    def is_older_than(self, max_age: timedelta) -> bool:
        """Whether its details are due for a new look.

        Pages fall due between half the age and the whole, by their address: those read in one run on many days.
        """
        share = zlib.crc32(self.url.encode(errors="surrogatepass")) / 2**32
        return timezone.now() >= self.read_at + max_age * (0.5 + 0.5 * share)


class Pages:
    """The known pages of a shop. With a run as the `stage`, what it reads waits until it is accepted."""

    def __init__(self, site: Site, *, stage: ScrapeRun | None) -> None:
        self._site = site.name
        self._version = site.version
        self._stage = stage
        self._continued_from = max(timezone.now() - STILL_GOOD, runs.last_verdict_at(site.name))
        self._known: dict[str, KnownPage] = {}

    @property
    def has_stage(self) -> bool:
        return self._stage is not None

    def open(self) -> None:
        """Finds what is known, and takes over what unfinished runs read in the last hour."""
        if self._stage:
            self._adopt(self._stage)
        counting = PageState.objects.filter(site=self._site, run=None)
        staged = PageState.objects.filter(run=self._stage, run__isnull=False)
        for rows in (counting, staged):  # what is on the stage is newer than what counts
            self._known |= {row.url: _known(row) for row in rows.defer("record")}

    def _adopt(self, run: ScrapeRun) -> None:
        left = PageState.objects.filter(site=self._site, run__isnull=False).exclude(run=run)
        left.filter(read_at__lt=self._continued_from).delete()
        newest = {row.source_key: row.pk for row in left.only("source_key").order_by("read_at")}
        left.filter(pk__in=newest.values()).update(run=run)
        left.delete()

    @property
    def has_known(self) -> bool:
        return bool(self._known)

    def known(self, entry: ListingEntry) -> KnownPage | None:
        """What is known of a book's page; None also where its listing says something else by now."""
        page = self._known.get(entry.url)
        return page if page and page.listing == self._mark(entry) else None

    def source_keys(self, urls: Iterable[str]) -> set[str]:
        """Whose pages these are, as far as it is known."""
        return {self._known[url].source_key for url in urls if url in self._known}

    def is_fresh(self, page: KnownPage, max_age: timedelta) -> bool:
        """Whether it need not be fetched again; what an unfinished run read just now never needs to be."""
        return page.read_at >= self._continued_from or not page.is_older_than(max_age)

    def said(self, keys: Collection[int]) -> dict[int, dict[str, Any]]:
        """What the pages said, as JSON, by the keys of their rows."""
        return dict(PageState.objects.filter(pk__in=keys).values_list("pk", "record"))

    def records(self, keys: Collection[int]) -> list[BookRecord]:
        return [from_json(said) for said in self.said(keys).values()]

    @transaction.atomic
    def keep(self, reads: Collection[PageRead]) -> list[int]:
        """Keeps what was read, on the stage where there is one. The keys of the rows."""
        rows = [self._row(read) for read in reads]
        stale = PageState.objects.filter(site=self._site, run=self._stage)
        stale.filter(source_key__in=[row.source_key for row in rows]).delete()
        return [row.pk for row in PageState.objects.bulk_create(rows)]

    def confirm(self, page: KnownPage) -> None:
        """The shop says that it is as it was."""
        PageState.objects.filter(pk=page.pk).update(read_at=timezone.now())

    @transaction.atomic
    def accept(self, keys: Collection[int]) -> None:
        """What stands on the stage counts from now on, in place of what counted before."""
        staged = PageState.objects.filter(pk__in=keys, run=self._stage, run__isnull=False)
        before = PageState.objects.filter(site=self._site, run=None)
        before.filter(source_key__in=list(staged.values_list("source_key", flat=True))).delete()
        staged.update(run=None)

    def clear_stage(self) -> None:
        PageState.objects.filter(run=self._stage, run__isnull=False).delete()

    def _row(self, read: PageRead) -> PageState:
        entry, record = read.entry, read.record
        return PageState(
            site=self._site,
            url=entry.url,
            run=self._stage,
            source_key=record.source_key,
            record=as_json(record),
            # Where page and listing contradict each other one of them is behind: the next run looks again.
            listing=self._mark(entry) if entry.agrees_with(record) else "",
            etag=read.validators.etag,
            last_modified=read.validators.last_modified,
        )

    def _mark(self, entry: ListingEntry) -> str:
        return f"{self._version} {entry.fingerprint}"


def _known(row: PageState) -> KnownPage:
    return KnownPage(
        pk=row.pk,
        source_key=row.source_key,
        url=row.url,
        listing=row.listing,
        validators=Validators(etag=row.etag, last_modified=row.last_modified),
        read_at=row.read_at,
    )


def as_json(record: BookRecord) -> dict[str, Any]:
    """The fields that the record fills."""
    said = {name: value for name, value in asdict(record).items() if value not in (None, ())}
    return {**said, "price": str(record.price)} if record.price is not None else said


def from_json(value: dict[str, Any]) -> BookRecord:
    """The record; one that an earlier version wrote lacks what that did not know."""
    return BookRecord(
        **{
            **value,
            "price": Decimal(value["price"]) if "price" in value else None,
            "authors": tuple(AuthorRecord(**author) for author in value.get("authors", ())),
            "languages": tuple(value.get("languages", ())),
        }
    )
