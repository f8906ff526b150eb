"""Limits the total size of the stored covers to COVER_CACHE_MB."""

from django.conf import settings
from django.db.models import Sum

from books.covers import lifecycle, storage
from books.models import Cover

MAX_EVICTED = 1_000  # in one call


def limit_cache() -> int:
    """Deletes the images of the least recently used covers. Their rows stay, so that a request queues them again.

    Returns the number of covers whose images the storage could not delete.
    """
    ready = Cover.objects.filter(state=Cover.State.READY, is_uploaded=False)
    excess = (ready.aggregate(total=Sum("size"))["total"] or 0) - settings.COVER_CACHE_MB * 1024 * 1024
    failures = 0
    for cover in ready.order_by("used_at", "pk")[:MAX_EVICTED] if excess > 0 else ():
        if excess <= 0:
            break
        excess -= cover.size
        failures += not evict(cover)
    return failures


def evict(cover: Cover) -> bool:
    """Changes the row first: a row never promises an image that is already deleted.

    Returns False if the storage could not delete the images.
    """
    return not lifecycle.evict(cover) or storage.try_delete(cover)
