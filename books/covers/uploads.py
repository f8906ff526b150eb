"""Covers that people upload. They have no other source, so they are never evicted from the cache."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.db.models.functions import Now
from django.shortcuts import get_object_or_404
from django.urls import reverse

from books.covers import image_process, storage
from books.covers.lifecycle import hash_url
from books.covers.widths import WIDTHS
from books.curation import changed_fields, curate, field_values
from books.models import Book, Cover
from books.uploaded_covers import DIGEST_LENGTH, find_book, is_uploaded
from core.db.updates import update_row

MAX_BYTES = 5 * 1024 * 1024  # as of covers that are fetched
TOO_LARGE = f"The image is larger than {MAX_BYTES // 1024**2} MB. Choose a smaller one."
GRACE = timedelta(days=1)  # longer than an upload: no book has the image before the upload ends
BATCH = 500


class NotUploaded(Exception):
    """The book has no uploaded cover."""


class NotStored(Exception):
    """The storage could not store an image."""


def read_images(body: bytes) -> list[bytes]:
    """The image in each of WIDTHS. Raises ImageRefused."""
    return image_process.resize(body, WIDTHS)


def upload_cover(*, book: Book, images: Sequence[bytes], by: Any) -> None:
    """Stores the images as the book's cover. Raises NotStored, and Http404 for a deleted book.

    The source of the book does not overwrite it. The earlier image is deleted a day later.
    """
    digest = storage.digest_images(images)
    path = f"{reverse('cover', args=[book.pk, WIDTHS[-1]])}?v={digest[:DIGEST_LENGTH]}"
    cover = _prepare(path)
    try:
        if not storage.is_complete(cover, digest):
            storage.save(cover, images)
    except Exception as error:  # storages have no common base class of errors; the caller logs it
        raise NotStored from error
    Cover.objects.filter(pk=cover.pk).update(state=Cover.State.READY, digest=digest, size=sum(map(len, images)))
    _change_cover(book.pk, path, by)


def _prepare(path: str) -> Cover:
    """The row of the image. It is not deleted within GRACE."""
    new = {"url": path, "state": Cover.State.EVICTED, "is_uploaded": True}
    cover, _ = Cover.objects.update_or_create(url_hash=hash_url(path), defaults={"used_at": Now()}, create_defaults=new)
    return cover


@transaction.atomic
def remove_uploaded_cover(*, book: Book, by: Any) -> None:
    """Returns to the cover that the source states, if any. Raises NotUploaded, and Http404 for a deleted book."""
    locked = _lock(book.pk)
    if not is_uploaded(locked.cover_url):
        raise NotUploaded
    curated = locked.curated_fields.filter(field="cover_url")
    _change_cover(book.pk, curated.values_list("source_value", flat=True).first(), by)
    curated.delete()


@transaction.atomic
def _change_cover(pk: int, cover_url: str | None, by: Any) -> None:
    book = _lock(pk)
    before = field_values(book)
    book.cover_url = cover_url
    update_row(book, ["cover_url", "updated_at"])
    curate(book, changed_fields(before, field_values(book)), before=before, by=by)


def _lock(pk: int) -> Book:
    return get_object_or_404(Book.objects.select_for_update(no_key=True, of=("self",)), pk=pk)


def delete_unused_uploads() -> int:
    """Deletes images that have been replaced or removed, and those of deleted books.

    Returns the number of covers whose images the storage could not delete.
    """
    failures = 0
    idle = Cover.objects.filter(is_uploaded=True, used_at__lt=Now() - GRACE)
    keys = list(idle.order_by("pk").values_list("pk", flat=True))
    for start in range(0, len(keys), BATCH):
        for cover in _find_unused(idle.filter(pk__in=keys[start : start + BATCH])):
            failures += not _delete(cover)
    return failures


def _find_unused(covers: QuerySet[Cover]) -> list[Cover]:
    books = {cover.pk: find_book(cover.url) for cover in covers}
    used = set(Book.objects.filter(pk__in=filter(None, books.values())).values_list("cover_url", flat=True))
    return [cover for cover in covers if cover.url not in used]


def _delete(cover: Cover) -> bool:
    """Deletes the row first: a row never promises an image that is already deleted.

    Returns False if the storage could not delete the images.
    """
    rows, _ = Cover.objects.filter(pk=cover.pk, used_at__lt=Now() - GRACE).delete()
    return not rows or storage.try_delete(cover)
