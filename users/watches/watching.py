"""Creates, changes and deletes watches. Errors are those of the API.

Each function locks the books before it reads their prices, so that an ingest at the same time either finds the watch or
has written the prices that are read.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db import transaction
from django.shortcuts import get_object_or_404
from django.utils import timezone

from books.models import Book
from books.prices.review import lock_books
from books.works import find_rows
from core.exceptions import Conflict
from users.accounts.locks import lock_reader, lock_watched_books
from users.models import Notification, PriceWatch, User, WatchRule, WatchScope
from users.models.watch import AMOUNT_RULES
from users.notifications.events import make_dedupe_key
from users.notifications.outbox import store_events
from users.watches.comparisons import make_event
from users.watches.evaluation import RESULT_FIELDS, START_FIELDS, STATE_FIELDS
from users.watches.market import Market
from users.watches.statements import load_markets
from users.watches.terms import check_market, check_terms
from users.watches.transitions import ARMED, WatchState, advance, begin

WRITTEN_FIELDS = (*START_FIELDS, *RESULT_FIELDS)
TERMS = ("scope", "rule", "amount", "currency", "percent")
EQUAL = "You have an equal watch on this book already."


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchTerms:
    """The settings of a watch. `currency` is that of the amount."""

    rule: str
    scope: str = WatchScope.BOOK
    amount: Decimal | None = None
    currency: str | None = None
    percent: int | None = None


@transaction.atomic
def create_watch(*, user: User, book: Book, terms: WatchTerms) -> tuple[PriceWatch, bool]:
    """Returns the watch, and whether it is new: an equal one stays as it is.

    If the condition is true already, the watch fires at once. Raises ValidationError, or Conflict at the limit.
    """
    market = lock_market(book.pk, terms.scope)
    lock_reader(user)
    check_terms(book, terms)
    if equal := find_equal(user, book.pk, terms):
        return equal, False
    check_limit(user)
    check_market(market, terms)
    watch = PriceWatch(user=user, book=book, **{name: getattr(terms, name) for name in TERMS})
    set_state(watch, begin(get_state(watch), market))
    watch.save(force_insert=True)
    compare(watch, market)
    return watch, True


def preview_watch(book: Book, market: Market) -> PriceWatch:
    """A watch that is not stored, with the currency and the price with which it would begin."""
    watch = PriceWatch(book=book, rule=WatchRule.LOWEST)
    set_state(watch, begin(get_state(watch), market))
    return watch


@transaction.atomic
def change_watch(*, user: User, pk: int | str, changes: Mapping[str, Any]) -> PriceWatch:
    """Changes terms, or pauses and resumes. New terms are compared with the price as those of a new watch.

    Raises Http404, ValidationError, or Conflict if there is an equal watch.
    """
    found = get_watch(user, pk)
    market = lock_market(found.book_id, changes.get("scope", found.scope))
    lock_reader(user)
    watch = get_watch(user, pk, lock=True)
    before = {name: getattr(watch, name) for name in TERMS}
    terms = make_terms(before, changes)
    was_paused, watch.is_paused = watch.is_paused, changes.get("is_paused", watch.is_paused)
    if any(before[name] != getattr(terms, name) for name in TERMS):
        apply_terms(watch, terms, market)
    elif was_paused and watch.rule == WatchRule.ANY_CHANGE:
        set_state(watch, begin(get_state(watch), market))  # what happened in the meantime is no event
    watch.save(force_update=True)
    if not watch.is_paused:
        compare(watch, market)
    return watch


def make_terms(before: Mapping[str, Any], changes: Mapping[str, Any]) -> WatchTerms:
    """The currency of a watch whose rule has no amount follows from the price, so null does not change it."""
    values = {**before, **{name: changes[name] for name in TERMS if name in changes}}
    if values["currency"] is None and values["rule"] not in AMOUNT_RULES:
        values["currency"] = before["currency"]
    return WatchTerms(**values)


def apply_terms(watch: PriceWatch, terms: WatchTerms, market: Market) -> None:
    """The price at the beginning stays, unless it belongs to other rows or another currency."""
    check_terms(watch.book, terms)
    if find_equal(watch.user, watch.book_id, terms, besides=watch.pk):
        raise Conflict(EQUAL)
    is_other_price = watch.scope != terms.scope or terms.currency not in {None, watch.currency}
    if terms.rule in AMOUNT_RULES or terms.currency != watch.currency:
        check_market(market, terms, start=None if is_other_price else watch.start_price)
    for name in TERMS:
        setattr(watch, name, getattr(terms, name))
    watch.state, watch.fired_price = ARMED, None
    if is_other_price:
        watch.start_price = watch.seen_price = None
    set_state(watch, begin(get_state(watch), market))


@transaction.atomic
def delete_watch(*, user: User, pk: int | str) -> dict[str, Any]:
    """Returns what `restore_watch` needs, as JSON. Raises Http404."""
    lock_watched_books(PriceWatch.objects.owned_by(user).filter(pk=pk))
    watch = get_watch(user, pk, lock=True)
    names = ("pk", "book_id", "scope", *STATE_FIELDS, "is_paused", "created_at")
    snapshot = {name: to_json(getattr(watch, name)) for name in names}
    watch.delete()
    return snapshot


def relink_notifications(watch: PriceWatch) -> None:
    """The keys of the events still name the deleted watch, whose primary key no other watch gets."""
    events = Notification.objects.filter(recipient=watch.user, watch=None)
    events.filter(dedupe_key__startswith=make_dedupe_key(watch.pk, "")).update(watch=watch)


def to_json(value: Any) -> Any:
    return value if value is None or isinstance(value, bool | int) else str(value)


@transaction.atomic
def restore_watch(*, user: User, snapshot: Mapping[str, Any]) -> PriceWatch | None:
    """Restores a deleted watch. Returns None if it cannot be: an equal one was created, the book was deleted, or
    the reader has the highest number of watches.
    """
    watch = PriceWatch(user=user, **{name: snapshot[name] for name in snapshot if name != "created_at"})
    watch.clean_fields(exclude=["user", "book"])  # converts the texts
    if not Book.objects.filter(pk=watch.book_id).exists():
        return None
    market = lock_market(watch.book_id, watch.scope)
    lock_reader(user)
    terms = WatchTerms(**{name: getattr(watch, name) for name in TERMS})
    if find_equal(user, watch.book_id, terms) or is_at_limit(user):
        return None
    watch.save(force_insert=True)
    PriceWatch.objects.filter(pk=watch.pk).update(created_at=snapshot["created_at"])
    relink_notifications(watch)
    if not watch.is_paused:
        compare(watch, market)
    return watch


def lock_market(book: int, scope: str) -> Market:
    """Locks the rows, in the order of ingest, and loads what their sources state."""
    lock_books(find_rows([book])[book] if scope == WatchScope.WORK else [book])
    return load_markets([(book, scope)])[book, scope]


def get_watch(user: User, pk: int | str, *, lock: bool = False) -> PriceWatch:
    watches = PriceWatch.objects.owned_by(user).select_related("book", "user")
    watch: PriceWatch = get_object_or_404(
        watches.select_for_update(no_key=True, of=("self",)) if lock else watches, pk=pk
    )
    return watch


def find_equal(user: User, book: int, terms: WatchTerms, *, besides: int | None = None) -> PriceWatch | None:
    """The currency of a rule without an amount follows from the price."""
    same = {name: getattr(terms, name) for name in TERMS if name != "currency" or terms.amount is not None}
    found = PriceWatch.objects.owned_by(user).filter(book=book, **same).select_related("book")
    return next((each for each in found if each.pk != besides), None)


def check_limit(user: User) -> None:
    if is_at_limit(user):
        limit = settings.WATCHES_PER_READER
        raise Conflict(f"You have {limit} watches, as many as this service allows. Delete one first.")


def is_at_limit(user: User) -> bool:
    number: int = PriceWatch.objects.owned_by(user).count()
    return number >= settings.WATCHES_PER_READER


def get_state(watch: PriceWatch) -> WatchState:
    return WatchState(*(getattr(watch, name) for name in STATE_FIELDS))


def set_state(watch: PriceWatch, state: WatchState) -> None:
    for name in WRITTEN_FIELDS:
        setattr(watch, name, getattr(state, name))


def compare(watch: PriceWatch, market: Market) -> None:
    """Fires the watch if its condition is true and it has not fired already."""
    before = get_state(watch)
    after, firing = advance(before, market, now=timezone.now())
    if after is not before:
        set_state(watch, after)
        watch.save(update_fields=WRITTEN_FIELDS)
    if firing:
        store_events([make_event([(watch.user_id, watch.pk)], after, market, firing)])
