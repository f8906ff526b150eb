"""The price review: holds implausible prices, and applies the decisions of staff."""

from collections.abc import Iterable
from copy import copy
from decimal import Decimal
from itertools import takewhile

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from books.models import Book, HeldPrice, PriceObservation
from books.models.price import MAX_REASON
from books.prices.summaries import CHANGE_FIELDS, rebuild_summaries
from books.signals import observations_written, prices_withdrawn
from books.staff_events import StaffEvent, report


@transaction.atomic
def accept_prices(prices: QuerySet[HeldPrice]) -> int:
    """Applies the pending prices as if their source had just stated them; returns their number.

    Unreadable ones stay pending, because they have no price to apply.
    """
    readable = prices.filter(state=HeldPrice.State.HELD).exclude(price=None)
    lock_books(readable.values_list("book", flat=True))
    accepted = list(readable.select_for_update(of=("self",)).select_related("book"))
    written = [key for held in accepted for key in _accept_price(held)]
    rebuild_summaries({held.book_id for held in accepted})
    # Earlier dismissals compared with the replaced price and no longer apply.
    supersede_held_prices(held.book_id for held in accepted)
    if written:
        observations_written.send(PriceObservation, observations=written)
    return len(accepted)


@transaction.atomic
def dismiss_prices(prices: QuerySet[HeldPrice]) -> int:
    """The books keep their prices, and a repetition of the same price is not held again; returns the number.

    A price that a reader reported is withdrawn: the book returns to the price before it.
    """
    found = dict(prices.filter(state=HeldPrice.State.HELD).values_list("pk", "book"))
    lock_books(found.values())  # before the prices, in the order of ingest
    pending = HeldPrice.objects.filter(pk__in=found, state=HeldPrice.State.HELD)  # without those decided since
    reported = pending.filter(is_report=True).select_related("book")
    reason = "a person found that the later price is wrong"
    _report_withdrawn([_withdraw_latest_price(held.book, reason=reason) for held in reported])
    return pending.update(state=HeldPrice.State.DISMISSED, decided_at=timezone.now())


def hold_prices(prices: Iterable[HeldPrice]) -> None:
    """Stores each as the pending price of its book, in place of an earlier one. Dismissed statements are skipped."""
    prices = list(prices)
    earlier = HeldPrice.objects.pending_or_dismissed().filter(book__in=[each.book_id for each in prices])
    known = {(each.book_id, each.statement) for each in earlier}
    new = [each for each in prices if (each.book_id, each.statement) not in known]
    discard_pending([each.book_id for each in new])
    HeldPrice.objects.bulk_create(new)
    if new:
        _tell_staff()


def _tell_staff() -> None:
    """Once a day is enough."""
    report(StaffEvent(kind=StaffEvent.Kind.REVIEW_WAITING, key=f"reviews of {timezone.now().date()}"))


def supersede_held_prices(books: Iterable[int]) -> None:
    """Marks the pending and dismissed prices of these books as superseded by a plausible or accepted price."""
    _supersede(HeldPrice.objects.pending_or_dismissed(), books)


def discard_pending(books: Iterable[int]) -> None:
    """The source no longer states the pending prices of these books."""
    _supersede(HeldPrice.objects.pending(), books)


@transaction.atomic
def hold_latest_price(book: Book, *, reason: str) -> bool:
    """Moves the latest accepted price to the review; returns False if there is none.

    Book and history return to the price before it. A price that a person set stays.
    """
    withdrawn = _withdraw_latest_price(book, reason="the later price was held for review")
    if withdrawn is None:
        return False
    _report_withdrawn([withdrawn])
    held = HeldPrice(
        book=book, price=withdrawn.price, currency=withdrawn.currency, availability=withdrawn.availability,
        stock=withdrawn.stock, held_at=withdrawn.observed_at, reason=reason[:MAX_REASON],
    )  # fmt: skip
    hold_prices([held])
    return True


@transaction.atomic
def report_price(book: Book, *, reason: str) -> bool:
    """Opens a review of the present price, which stays until staff decide.

    Returns False if the book has no price, or if a price of it waits for review already.
    """
    lock_books([book.pk])
    book.refresh_from_db()
    if book.price is None or book.held_prices.pending().exists():
        return False
    HeldPrice.objects.create(
        book=book, price=book.price, currency=book.currency, availability=book.availability, stock=book.stock,
        reason=reason[:MAX_REASON], is_report=True,
    )  # fmt: skip
    _tell_staff()
    return True


def _withdraw_latest_price(book: Book, *, reason: str) -> PriceObservation | None:
    """Returns book and history to the price before the latest one. A price that a person set stays.

    Returns the first observation with the withdrawn price, with its values; None if there is none.
    """
    lock_books([book.pk])
    book.refresh_from_db()
    observations = list(book.observations.order_by("-pk"))
    latest_run = _take_latest_run(observations)
    if not latest_run:
        return None
    withdrawn = copy(latest_run[-1])
    previous = next(iter(observations[len(latest_run) :]), None)
    _rewrite_observations(list(reversed(latest_run)), previous)
    price, currency = (previous.price, previous.currency) if previous else (None, None)
    set_price(book, price, currency, reason=reason)
    rebuild_summaries([book.pk])
    return withdrawn


def _report_withdrawn(observations: Iterable[PriceObservation | None]) -> None:
    if prices := {each.book_id: (each.price, each.currency) for each in observations if each}:
        prices_withdrawn.send(PriceObservation, prices=prices)


def lock_books(keys: Iterable[int]) -> None:
    """Locks books by primary key before their related rows, in the order of ingest, which prevents deadlocks."""
    list(Book.objects.filter(pk__in=keys).select_for_update(no_key=True).order_by("pk").values_list("pk"))


def set_price(book: Book, price: Decimal | None, currency: str | None, *, reason: str) -> None:
    """Sets the price, with the change in the book's history. A price that a person set stays."""
    if book.curated_fields.filter(field="price").exists():
        return
    before, after = _describe(book.price, book.currency), _describe(price, currency)
    book._change_reason = f"price: {before} → {after} ({reason})"  # type: ignore[attr-defined]  # simple-history's
    book.price, book.currency = price, currency
    book.save(update_fields=["price", "currency", "updated_at"])


def _describe(price: Decimal | None, currency: str | None) -> str:
    return "nothing" if price is None else f"{price} {currency}"


def _accept_price(held: HeldPrice) -> list[int]:
    """Returns the primary keys of the observations with the price; none for a reported price, which is right."""
    written = []
    if not held.is_report:
        written = _insert_into_history(held)
        set_price(held.book, held.price, held.currency, reason="a pending price was accepted")
    held.state, held.decided_at = HeldPrice.State.ACCEPTED, timezone.now()
    held.save(update_fields=["state", "decided_at"])
    return written


def _insert_into_history(held: HeldPrice) -> list[int]:
    """Adds the price at the time it was stated. Later observations saw the same price and get it as well.

    The rows are shifted by one, so that the newest row remains the current observation. If the availability or the
    number of copies changed with the price, there is an observation of that time already. It is replaced, because a
    watch that fired at it does not fire at the same row again.
    """
    later = list(held.book.observations.filter(observed_at__gte=held.held_at).order_by("pk"))
    statements = [(each.observed_at, each.availability, each.stock) for each in later]
    if not later or later[0].observed_at > held.held_at:
        statements.insert(0, (held.held_at, held.availability, held.stock))
    else:
        later.pop(0).delete()
    rows = [*later, PriceObservation(book=held.book)]
    for row, (observed_at, availability, stock) in zip(rows, statements, strict=True):
        row.observed_at, row.availability, row.stock = observed_at, availability, stock
        _set_observed_price(row, held.price, held.currency)
        row.save()
    return [row.pk for row in rows]


def _take_latest_run(observations: list[PriceObservation]) -> list[PriceObservation]:
    """The newest observations with one price; empty if the newest has none. `observations` are newest first."""
    if not observations or observations[0].price is None:
        return []
    latest = (observations[0].price, observations[0].currency)
    return list(takewhile(lambda each: (each.price, each.currency) == latest, observations))


def _rewrite_observations(observations: list[PriceObservation], previous: PriceObservation | None) -> None:
    """Gives the observations the previous price; deletes those that no longer differ from the one before."""
    for each in observations:
        _set_observed_price(each, *((previous.price, previous.currency) if previous else (None, None)))
        if previous and (each.availability, each.stock) == (previous.availability, previous.stock):
            each.delete()
        else:
            each.save(update_fields=["price", "currency", *CHANGE_FIELDS])
            previous = each


def _set_observed_price(observation: PriceObservation, price: Decimal | None, currency: str | None) -> None:
    """Removes the change, which the caller derives again for the whole history."""
    observation.price, observation.currency = price, currency
    for name in CHANGE_FIELDS:
        setattr(observation, name, None)


def _supersede(prices: QuerySet[HeldPrice], books: Iterable[int]) -> None:
    prices.filter(book__in=list(books)).update(state=HeldPrice.State.OVERTAKEN, decided_at=timezone.now())
