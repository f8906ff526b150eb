"""Limits the total size of the stored covers to COVER_CACHE_MB."""

import logging

from django.conf import settings
from django.db.models import Sum

from books.covers import lifecycle, storage
from books.models import Cover

logger = logging.getLogger(__name__)

MAX_EVICTED = 1_000  # in one call


def limit_cache() -> None:
    """Deletes the images of the least recently used covers. Their rows stay, so that a request queues them again."""
    ready = Cover.objects.filter(state=Cover.State.READY, is_uploaded=False)
    excess = (ready.aggregate(total=Sum("size"))["total"] or 0) - settings.COVER_CACHE_MB * 1024 * 1024
    if excess <= 0:
        return
    for cover in ready.order_by("used_at", "pk")[:MAX_EVICTED]:
        if excess <= 0:
            return
        excess -= cover.size
        evict(cover)


def evict(cover: Cover) -> None:
    """Changes the row first: a row never promises an image that is already deleted."""
    if lifecycle.evict(cover):
        try:
            storage.delete(cover, cover.digest)
        except Exception:  # each storage has errors of its own
            logger.exception("The images of cover %d could not be deleted.", cover.pk)
