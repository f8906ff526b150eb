"""Other offers of a work, for events whose own offer no longer fulfils the condition of the watch."""

from collections.abc import Collection, Iterable, Sequence
from copy import copy
from decimal import Decimal
from typing import Any

from books.availability import SOLD_OUT, is_in_stock
from books.models import Book, PriceObservation
from books.works import find_rows
from users.models import Notification, PriceWatch, WatchScope
from users.notifications.price_facts import BACK_IN_STOCK, load_price_facts


def replace_outdated_offers(notifications: Sequence[Notification]) -> list[Notification]:
    """The notifications; those of watches on a work that are outdated have another offer of the work, if there is one.

    Nothing is stored. `replaces` in the payload states the event as it was. A watch with an event that is not outdated
    keeps its events. An offer of which the watch has an event of its own is none of the others.
    """
    outdated = _find_outdated(notifications)
    works = _find_works(outdated)
    offers = _find_offers(works) if works else {}
    replaced = {each.pk: _replace(each, offers[each.watch_id]) for each in outdated if each.watch_id in offers}
    return [replaced.get(each.pk, each) for each in notifications]


def _find_outdated(notifications: Iterable[Notification]) -> list[Notification]:
    """Of each watch whose events are all outdated, the last one."""
    watched = [each for each in notifications if each.kind == Notification.Kind.PRICE_WATCH and each.watch_id]
    facts = load_price_facts(watched) if watched else {}
    valid = {each.watch_id for each in watched if not facts[each.pk].is_outdated}
    return list({each.watch_id: each for each in watched if each.watch_id not in valid}.values())


def _find_works(notifications: Collection[Notification]) -> dict[int, int]:
    """The watched book of each watch on a work."""
    watches = PriceWatch.objects.filter(pk__in={each.watch_id for each in notifications}, scope=WatchScope.WORK)
    return dict(watches.values_list("pk", "book")) if notifications else {}


def _find_offers(works: dict[int, int]) -> dict[int, list[PriceObservation]]:
    """The offers of each work that its watch has not told of, by watch. `works` are the watched books by watch."""
    rows = find_rows(set(works.values()))
    found = _load_offers({row for members in rows.values() for row in members})
    told = _load_told(works, found.values())
    return {
        watch: [found[row] for row in rows.get(book, ()) if row in found and (watch, found[row].pk) not in told]
        for watch, book in works.items()
    }


def _load_told(watches: Collection[int], offers: Iterable[PriceObservation]) -> set[tuple[int, int]]:
    """Pairs of a watch and an observation of which it has an event."""
    told = Notification.objects.filter(watch__in=watches, observation__in={each.pk for each in offers})
    return set(told.order_by().values_list("watch", "observation"))


def _load_offers(books: Collection[int]) -> dict[int, PriceObservation]:
    """The latest statements about the books that are listed, by book."""
    listed = Book.objects.published().without_provisional().filter(missing_since=None, pk__in=books)
    return {each.book_id: each for each in PriceObservation.objects.newest_of(listed).select_related("book")}


def _replace(notification: Notification, offers: Iterable[PriceObservation]) -> Notification:
    payload = notification.payload
    if (offer := _choose(payload, offers)) is None:
        return notification
    replacing = copy(notification)
    replacing.payload = {
        **payload,
        "book": offer.book_id,
        "title": offer.book.title,
        "new": None if offer.price is None else str(offer.price),
        "old": None,
        "currency": offer.currency,
        "in_stock": is_in_stock(offer.availability),
        "observed_at": offer.observed_at.isoformat(),
        "replaces": {"book": payload["book"], "new": payload["new"], "currency": payload["currency"]},
    }
    return replacing


def _choose(payload: dict[str, Any], offers: Iterable[PriceObservation]) -> PriceObservation | None:
    """The cheapest offer that fulfils the condition."""
    fulfils = _is_in_stock if payload["rule"] == BACK_IN_STOCK else _is_at_target
    found = [each for each in offers if fulfils(payload, each)]
    return min(found, key=lambda each: (each.price is None, each.price or 0, each.book_id), default=None)


def _is_in_stock(payload: dict[str, Any], offer: PriceObservation) -> bool:
    return is_in_stock(offer.availability) is True


def _is_at_target(payload: dict[str, Any], offer: PriceObservation) -> bool:
    if payload["target"] is None or offer.price is None or offer.currency != payload["currency"]:
        return False
    return offer.availability not in SOLD_OUT and offer.price <= Decimal(payload["target"])
