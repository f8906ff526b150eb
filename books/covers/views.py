"""`/covers/<book>/<width>`: the image from the cache, or a drawn placeholder. Never waits for the image's source."""

import logging
from datetime import timedelta

from django.conf import settings
from django.db import DatabaseError
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils.cache import get_conditional_response
from django.views.decorators.http import require_safe

from books.covers import lifecycle, storage
from books.covers.addresses import version_of
from books.covers.placeholder import draw_placeholder
from books.covers.tasks import find_or_request
from books.covers.widths import WIDTHS
from books.models import Book, Cover, Source
from books.uploaded_covers import is_uploaded

logger = logging.getLogger(__name__)

IMMUTABLE = "public, max-age=31536000, immutable"
PLACEHOLDER_POLICY = "default-src 'none'; style-src 'unsafe-inline'"
# Before a missing image is fetched again: hosts without a common storage would otherwise fetch it at each request.
MISSING_PAUSE = timedelta(minutes=10)


@require_safe
def cover(request: HttpRequest, book: int, width: int) -> HttpResponseBase:
    """The cover in one of WIDTHS. Only with the current `v` of books.covers.addresses it is immutable."""
    if width not in WIDTHS:
        raise Http404
    row = get_object_or_404(Book.objects.only("title", "source", "cover_url", "is_published"), pk=book)
    if row.is_published:
        return respond(request, row, width)
    # Published covers are shown without loading the session of each request.
    get_object_or_404(Book.objects.visible_to(request.user, with_shared=settings.SHARED_SHELF), pk=book)
    response = respond(request, row, width)
    response.headers["Cache-Control"] = "private, no-cache"
    return response


def respond(request: HttpRequest, book: Book, width: int) -> HttpResponseBase:
    return respond_with_image(request, book, width) or respond_with_placeholder(book, width)


def respond_with_image(request: HttpRequest, book: Book, width: int) -> HttpResponseBase | None:
    """Returns None if no image is available, or if the book's source does not permit to show it."""
    try:
        image = find_or_request(book.cover_url) if is_permitted(book) else None
    except DatabaseError:  # such as a full disk, which still allows reading
        logger.exception("The cover of book %d could not be queued.", book.pk)
        return None
    if image is None:
        return None
    try:
        return read_image(request, image, width)
    except FileNotFoundError:
        lifecycle.evict(image, pause=MISSING_PAUSE)
    except Exception:  # storages have no common base class of errors; the page gets a placeholder
        logger.exception("The cover of book %d could not be read.", book.pk)
    return None


def is_permitted(book: Book) -> bool:
    """Covers are works. Those that a person uploaded or chose may be shown."""
    if not book.cover_url or is_uploaded(book.cover_url):
        return True
    hiding = Source.objects.filter(name=book.source, shows_covers=False)
    return not hiding.exists() or book.curated_fields.filter(field="cover_url").exists()


def read_image(request: HttpRequest, image: Cover, width: int) -> HttpResponseBase:
    """The image, or 304. Raises the errors of the storage."""
    response = HttpResponse(content_type="image/webp")
    response["ETag"] = f'"{image.digest[:32]}-{width}"'
    is_current = request.GET.get("v") == version_of(image.digest)
    response["Cache-Control"] = IMMUTABLE if is_current else "no-cache"
    conditional = get_conditional_response(request, etag=response["ETag"], response=response)
    if conditional is None or conditional is response:
        response.content = storage.read(image, width)
        return response
    return conditional


def respond_with_placeholder(book: Book, width: int) -> HttpResponse:
    authors = [authorship.shown_name for authorship in book.authorships.select_related("author")]
    headers = {"Cache-Control": "no-cache", "Content-Security-Policy": PLACEHOLDER_POLICY}
    return HttpResponse(draw_placeholder(book.title, authors, width), content_type="image/svg+xml", headers=headers)
