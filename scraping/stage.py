"""Where a run's records wait until it has passed the gates: in the database, where the next run finds them too."""

from collections.abc import Iterator
from dataclasses import asdict
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.utils import timezone

from books.records import AuthorRecord, BookRecord
from scraping.models import ScrapeRun, StagedRecord

STILL_GOOD = timedelta(hours=1)  # what an interrupted run read so lately is not fetched again
BATCH = 100


class Stage:
    def __init__(self, run: ScrapeRun) -> None:
        self._run = run

    def adopt(self) -> dict[str, BookRecord]:
        """Takes over what interrupted runs of the shop read in the last hour, by address; the rest is forgotten."""
        left = StagedRecord.objects.filter(run__site=self._run.site).exclude(run=self._run)
        left.filter(read_at__lt=timezone.now() - STILL_GOOD).delete()
        newest = {staged.source_key: staged.pk for staged in left.only("source_key").order_by("read_at")}
        left.filter(pk__in=newest.values()).update(run=self._run)
        left.delete()
        return {staged.url: from_json(staged.record) for staged in self._run.staged.all()}

    def add(self, records: list[BookRecord]) -> None:
        self._run.staged.bulk_create(
            StagedRecord(run=self._run, url=each.product_url or "", source_key=each.source_key, record=as_json(each))
            for each in records
        )

    def batches(self) -> Iterator[list[BookRecord]]:
        last = 0
        while rows := list(self._run.staged.filter(pk__gt=last).order_by("pk")[:BATCH]):
            last = rows[-1].pk
            yield [from_json(row.record) for row in rows]

    def clear(self) -> None:
        self._run.staged.all().delete()


def as_json(record: BookRecord) -> dict[str, Any]:
    return {**asdict(record), "price": None if record.price is None else str(record.price)}


def from_json(value: dict[str, Any]) -> BookRecord:
    return BookRecord(
        **{
            **value,
            "price": None if value["price"] is None else Decimal(value["price"]),
            "authors": tuple(AuthorRecord(**author) for author in value["authors"]),
            "languages": tuple(value["languages"]),
        }
    )
