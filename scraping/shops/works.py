"""Descriptions and covers of shops: the works of others, stored and shown if the row of the shop permits it."""

from dataclasses import replace
from typing import Any

from django.db import transaction
from django.utils import timezone

from books.models import Book, CuratedField, Source
from books.records import BookRecord
from scraping.models import Shop


def limit_works(shop: Shop, record: BookRecord) -> BookRecord:
    """Without the description unless the shop permits to keep it. The address of a cover is a fact and stays."""
    return record if shop.keep_descriptions or shop.is_hand_written else replace(record, description=None)


@transaction.atomic
def apply_options(shop: Shop, *, kept_descriptions: bool) -> None:
    """Applies the options of the shop's row to its books and pages. `kept_descriptions` is the option before."""
    shows_covers = shop.show_covers or shop.is_hand_written
    Source.objects.filter(pk=shop.pk).update(shows_covers=shows_covers)
    if shop.is_hand_written:
        return
    if not shop.keep_descriptions:
        _delete_descriptions(shop)
    elif not kept_descriptions:
        _read_descriptions(shop)


def _read_descriptions(shop: Shop) -> None:
    """Requests the pages completely at the next reading: a response 304 has no description."""
    read = shop.pages.exclude(book=None)
    read.filter(book__description=None).update(etag=None, last_modified=None)


def _delete_descriptions(shop: Shop) -> None:
    """A description that a person wrote stays."""
    curated = CuratedField.objects.filter(field="description", book__source=shop.pk)
    described = Book.objects.filter(source=shop.pk, description__isnull=False)
    described.exclude(curated_fields__field="description").update(description=None, updated_at=timezone.now())
    curated.update(source_value=None)
    for page in shop.pages.filter(record__description__isnull=False):
        record: dict[str, Any] = page.record or {}
        page.record = {name: value for name, value in record.items() if name != "description"}
        page.save(update_fields=["record"])
