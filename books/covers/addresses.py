"""The addresses of covers for pages."""

from collections.abc import Iterable

from django.urls import reverse

from books.covers.lifecycle import hash_url
from books.models import Book, Cover

VERSION_LENGTH = 12  # characters of the digest


def cover_address(book: Book, width: int) -> str:
    return cover_addresses([book], width)[book.pk]


def cover_addresses(books: Iterable[Book], width: int) -> dict[int, str]:
    """The paths of the books' covers by the books' ids, in one query. `width` is one of WIDTHS.

    If an image is in the cache, its path changes with the image, so that browsers store it without asking again.
    """
    hashes = {book.pk: hash_url(book.cover_url or "") for book in books}
    ready = Cover.objects.filter(url_hash__in=set(hashes.values()), state=Cover.State.READY)
    digests = dict(ready.values_list("url_hash", "digest"))
    paths = {pk: reverse("cover", args=[pk, width]) for pk in hashes}
    return {pk: f"{paths[pk]}{_version(digests.get(url_hash))}" for pk, url_hash in hashes.items()}


def version_of(digest: str) -> str:
    """The query parameter `v` of an image."""
    return digest[:VERSION_LENGTH]


def _version(digest: str | None) -> str:
    return f"?v={version_of(digest)}" if digest else ""
