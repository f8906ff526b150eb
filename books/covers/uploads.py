"""Covers that people upload. They have no other source, so they are never evicted from the cache."""

from collections.abc import Sequence

from django.db import transaction
from django.urls import reverse

from books.covers import image_process, storage
from books.covers.lifecycle import hash_url
from books.covers.widths import WIDTHS
from books.models import Book, Cover


def read_images(body: bytes) -> list[bytes]:
    """The image in each of WIDTHS. Raises ImageRefused."""
    return image_process.resize(body, WIDTHS)


def store_cover(book: Book, images: Sequence[bytes], *, site: str) -> None:
    """Stores the images as the book's cover. `site` is the origin of the service. Raises the storage's errors.

    The cover's address is the one that `/covers` serves for this book.
    """
    url = f"{site}{reverse('cover', args=[book.pk, WIDTHS[-1]])}"
    cover, _ = Cover.objects.get_or_create(
        url_hash=hash_url(url), defaults={"url": url, "state": Cover.State.EVICTED, "is_uploaded": True}
    )
    digest = storage.save(cover, images)
    with transaction.atomic():
        size = sum(map(len, images))
        Cover.objects.filter(pk=cover.pk).update(state=Cover.State.READY, digest=digest, size=size)
        book.cover_url = url
        book.save(update_fields=["cover_url", "updated_at"])
