"""The addresses of covers for pages."""

from collections.abc import Mapping
from functools import lru_cache

from django.urls import reverse

from books.covers.lifecycle import hash_url
from books.models import Book, Cover
from books.uploaded_covers import DIGEST_LENGTH


def cover_address(book: Book, width: int) -> str:
    return cover_addresses({book.pk: book.cover_url}, width)[book.pk]


def cover_addresses(cover_urls: Mapping[int, str | None], width: int) -> dict[int, str]:
    """The paths of covers by the ids of the books, in one query. `width` is one of WIDTHS.

    If an image is in the cache, its path changes with the image, so that browsers store it without asking again.
    """
    hashes = {pk: hash_url(url or "") for pk, url in cover_urls.items()}
    ready = Cover.objects.filter(url_hash__in=set(hashes.values()), state=Cover.State.READY)
    digests = dict(ready.values_list("url_hash", "digest"))
    before, after = _split_path(width)
    return {pk: f"{before}{pk}{after}{_version(digests.get(url_hash))}" for pk, url_hash in hashes.items()}


@lru_cache
def _split_path(width: int) -> tuple[str, str]:
    """The path around the book's id. Reversing the URL of each cover takes a twentieth of the time of a page."""
    before, _, after = reverse("cover", args=[0, width]).partition("0")
    return before, after


def version_of(digest: str) -> str:
    """The query parameter `v` of an image."""
    return digest[:DIGEST_LENGTH]


def _version(digest: str | None) -> str:
    return f"?v={version_of(digest)}" if digest else ""
