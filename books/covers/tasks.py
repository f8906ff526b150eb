"""The background task that fetches a cover. Its row is the truth, and the task only wakes a worker."""

import logging

from django.conf import settings
from django_tasks import task

from books.covers import host_rate, image_process, lifecycle, storage
from books.covers.cache_limit import limit_cache
from books.covers.download import download, read_host
from books.covers.host_rate import Postponed
from books.covers.image_process import ImageRefused
from books.covers.widths import WIDTHS
from books.models import Cover
from books.uploaded_covers import is_uploaded
from core import task_queue
from core.http_errors import RequestFailed

logger = logging.getLogger(__name__)

MAX_WAITING = (
    500  # covers; further ones are queued by a later request, so that a robot cannot queue the whole catalogue
)
MAX_ATTEMPTS = 3  # after which the death of a worker counts as a failure
WORKER_DIED = "The worker died while it fetched the image, and earlier attempts failed too."


def find_or_request(url: str | None) -> Cover | None:
    """Returns the cover if its image is in the cache. Otherwise queues it, unless it is queued or has to wait."""
    if not url:
        return None
    cover = lifecycle.find(url)
    if cover and cover.state == Cover.State.READY:
        if not cover.is_used:
            lifecycle.touch(cover)
        return cover
    may_queue = settings.COVER_CACHE_MB and not is_uploaded(url) and (cover is None or cover.is_due)
    if may_queue and count_waiting() < MAX_WAITING and (queued := lifecycle.queue(url)):
        enqueue(queued)
    return None


def count_waiting() -> int:
    return Cover.objects.filter(state=Cover.State.WAITING).count()


def enqueue(cover: Cover) -> None:
    task_id = task_queue.enqueue(fetch, cover.pk)
    Cover.objects.filter(pk=cover.pk).update(task_id=task_id)


@task()
def fetch(pk: int) -> str:
    """Fetches, checks, resizes and stores the image of a queued cover. Returns the cover's new state."""
    cover = lifecycle.claim(pk)
    if cover is None:
        return "no longer queued"
    try:
        _store(cover, image_process.resize(_download(cover.url), WIDTHS))
    except Postponed as error:
        lifecycle.postpone(cover, error.seconds)
    except (RequestFailed, ImageRefused) as error:
        logger.info("Cover %d: the image %s", pk, error)
        lifecycle.fail(cover, f"The image {error}.")
        if isinstance(error, RequestFailed) and not error.permanent:
            host_rate.pause(read_host(cover.url))
    cover.refresh_from_db(fields=["state"])
    return cover.state


def _download(url: str) -> bytes:
    return download(
        url,
        contact=settings.CONTACT,
        private_addresses=settings.PRIVATE_ADDRESSES,
        wait_for_turn=host_rate.wait_for_turn,
    )


def _store(cover: Cover, images: list[bytes]) -> None:
    try:
        digest = storage.save(cover, images)
    except Exception:  # storages have no common base class of errors; the state of the cover records the failure
        logger.exception("Cover %d could not be stored.", cover.pk)
        lifecycle.fail(cover, "The image could not be stored.")
        return
    lifecycle.finish(cover, digest=digest, size=sum(map(len, images)))
    limit_cache()


def recover_covers() -> None:
    """Enqueues covers again after the loss of their task or the death of their worker."""
    for cover in lifecycle.lost()[:MAX_WAITING]:
        if cover.state == Cover.State.WAITING:
            # A worker may have taken the task a moment ago. Only one of two tasks can claim the cover.
            if not task_queue.is_waiting(cover.task_id):
                enqueue(cover)
        elif cover.attempts >= MAX_ATTEMPTS:
            lifecycle.fail(cover, WORKER_DIED)
        elif lifecycle.return_to_queue(cover):
            enqueue(cover)
