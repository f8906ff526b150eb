"""The states of covers. Every change is one conditional statement, so that two processes cannot make it both."""

from datetime import timedelta
from hashlib import sha256
from typing import Annotated, TypedDict

from django.db.models import BooleanField, ExpressionWrapper, F, Q, QuerySet
from django.db.models.functions import Now
from django_stubs_ext import Annotations

from books.models import Cover

State = Cover.State
LEASE = timedelta(minutes=5)  # longer than a download with all redirects
PAUSES = (timedelta(hours=1), timedelta(days=1), timedelta(days=7))  # after the first, second and further failures
USE_INTERVAL = timedelta(hours=1)  # how exact `used_at` is
DUE = Q(state__in=[State.FAILED, State.EVICTED], not_before__lte=Now(), is_uploaded=False)


class Timing(TypedDict):
    """`is_due`: a request may queue the cover. `is_used`: it was requested within USE_INTERVAL."""

    is_due: bool
    is_used: bool


def hash_url(url: str) -> str:
    return sha256(url.encode()).hexdigest()


def find(url: str) -> Annotated[Cover, Annotations[Timing]] | None:
    is_used = Q(used_at__gt=Now() - USE_INTERVAL)
    covers = Cover.objects.annotate(is_due=_boolean(DUE), is_used=_boolean(is_used))
    return covers.filter(url_hash=hash_url(url)).first()


def queue(url: str) -> Cover | None:
    """Sets the cover to WAITING. Returns None if another caller did, so that one of them enqueues it."""
    cover, is_new = Cover.objects.get_or_create(url_hash=hash_url(url), defaults={"url": url})
    rows = Cover.objects.filter(DUE, pk=cover.pk)
    return cover if is_new or rows.update(state=State.WAITING, not_before=Now(), used_at=Now()) else None


def claim(pk: int) -> Cover | None:
    """Starts to fetch a waiting cover. Returns None if another worker has started."""
    rows = Cover.objects.filter(pk=pk, state=State.WAITING, not_before__lte=Now())
    if not rows.update(state=State.FETCHING, not_before=Now() + LEASE, attempts=F("attempts") + 1):
        return None
    return Cover.objects.get(pk=pk)


def postpone(cover: Cover, seconds: float) -> None:
    """Returns the cover to the queue for a later time. The attempt does not count."""
    later = Now() + timedelta(seconds=seconds)
    _update(cover, State.FETCHING, state=State.WAITING, not_before=later, attempts=F("attempts") - 1)


def finish(cover: Cover, *, digest: str, size: int) -> None:
    values = {"digest": digest, "size": size, "attempts": 0, "reason": "", "used_at": Now()}
    _update(cover, State.FETCHING, state=State.READY, **values)


def fail(cover: Cover, reason: str) -> None:
    """Remembers the failure: the next attempt is possible after a pause, which grows with each failure."""
    pause = PAUSES[min(cover.attempts, len(PAUSES)) - 1]
    _update(cover, State.FETCHING, state=State.FAILED, reason=reason[:300], not_before=Now() + pause)


def return_to_queue(cover: Cover) -> bool:
    """Sets a cover to WAITING after its worker died. Returns False if another process changed its state."""
    return _update(cover, State.FETCHING, state=State.WAITING)


def evict(cover: Cover, *, pause: timedelta = timedelta(0)) -> bool:
    """Returns whether the cover was ready and not uploaded. The next request after the pause queues it again."""
    rows = Cover.objects.filter(pk=cover.pk, state=State.READY, digest=cover.digest, is_uploaded=False)
    return rows.update(state=State.EVICTED, digest="", size=0, not_before=Now() + pause) == 1


def touch(cover: Cover) -> None:
    Cover.objects.filter(pk=cover.pk).update(used_at=Now())


def lost() -> QuerySet[Cover]:
    """Waiting covers, and those with an ended lease, oldest first."""
    return Cover.objects.filter(state__in=[State.WAITING, State.FETCHING], not_before__lte=Now()).order_by("not_before")


def _update(cover: Cover, expected: State, **values: object) -> bool:
    """Changes the cover if it is in the expected state. Returns whether it was."""
    return Cover.objects.filter(pk=cover.pk, state=expected).update(**values) == 1


def _boolean(condition: Q) -> "ExpressionWrapper[Q]":
    return ExpressionWrapper(condition, output_field=BooleanField())
