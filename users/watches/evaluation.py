"""Compares the watches of changed books with the new statements, in one pass inside the transaction of the statements.

The number of queries depends neither on the number of books nor on that of watches.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from books.models import Book
from core.batches import batches
from core.db.bulk import update_groups
from users.models import PriceWatch, WatchScope
from users.notifications.events import Event, PriceEvent
from users.notifications.outbox import store_events
from users.watches.descriptions import describe_rule
from users.watches.market import Market
from users.watches.statements import Keys, filter_works, load_markets
from users.watches.transitions import Firing, WatchState, advance

BATCH = 1_000  # observations
STATE_FIELDS = [
    "rule", "amount", "percent", "currency", "start_price", "seen_price", "state", "fired_price", "fired_at",
]  # fmt: skip
START_FIELDS, RESULT_FIELDS = STATE_FIELDS[3:5], STATE_FIELDS[5:]
Books = dict[int, Keys]  # by id
Row = tuple[int, int, int, str, WatchState]  # the ids of watch, reader and book; the scope


@transaction.atomic
def evaluate(observations: Iterable[int]) -> None:
    """Fires watches if an observation fulfils their condition, and arms them if it no longer does."""
    for keys in batches(observations, BATCH):
        if PriceWatch.objects.active().exists():
            _evaluate(_load_books(Book.objects.filter(observations__in=keys)))


@transaction.atomic
def evaluate_books(books: Iterable[int]) -> None:
    """Does the same with the latest statements about these books."""
    for keys in batches(books, BATCH):
        if PriceWatch.objects.active().exists():
            _evaluate(_load_books(Book.objects.filter(pk__in=keys)))


@transaction.atomic
def update_watches(books: QuerySet[Book], find_state: Callable[[WatchState, Market], WatchState]) -> None:
    """Gives the watches of the books their new states. No watch fires."""
    if not PriceWatch.objects.active().exists():
        return
    rows = _lock_watches(_load_books(books))
    markets = load_markets({(book, scope) for _, _, book, scope, _ in rows})
    found = [(state, find_state(state, markets[book, scope]), [watch]) for watch, _, book, scope, state in rows]
    _save([each for each in found if each[1] is not each[0]])


def _load_books(books: QuerySet[Book]) -> Books:
    return {pk: (work, isbn) for pk, work, isbn in books.order_by().values_list("pk", "work_key", "isbn_13")}


def _evaluate(changed: Books) -> None:
    now, rows = timezone.now(), _lock_watches(changed)
    markets = load_markets({(book, scope) for _, _, book, scope, _ in rows}, new=changed)
    groups: defaultdict[tuple[int, str, WatchState], list[tuple[int, int]]] = defaultdict(list)
    for watch, reader, book, scope, state in rows:
        groups[book, scope, state].append((reader, watch))
    states: list[tuple[WatchState, WatchState, list[int]]] = []
    events: list[Event] = []
    for (book, scope, before), watches in groups.items():
        market = markets[book, scope]
        after, firing = advance(before, market, now=now)
        if after is not before:
            states.append((before, after, [watch for _, watch in watches]))
        if firing:
            events.append(make_event(watches, after, market, firing))
    _save(states)
    store_events(events)


def _lock_watches(changed: Books) -> list[Row]:
    """The watches of the books, and those of other rows of their works; locked in the order of their ids."""
    books = {*changed, *_find_watched_rows(changed)}
    watches = PriceWatch.objects.active().filter(book__in=books).order_by("pk")
    # Not the key, so that the rows of other tables that refer to the watches stay free.
    locked = watches.select_for_update(no_key=True, of=("self",))
    rows = locked.values_list("pk", "user", "book", "scope", *STATE_FIELDS)
    return [
        (pk, user, book, scope, WatchState(*state))
        for pk, user, book, scope, *state in rows
        if scope == WatchScope.WORK or book in changed
    ]


def _find_watched_rows(changed: Books) -> Iterable[int]:
    """Rows of the works of the changed books for which a reader watches the whole work."""
    watches = PriceWatch.objects.active().filter(scope=WatchScope.WORK, book=OuterRef("pk"))
    return filter_works(Book.objects.filter(Exists(watches)), changed.values()).values_list("pk", flat=True)


def make_event(watches: Iterable[tuple[int, int]], state: WatchState, market: Market, firing: Firing) -> Event:
    """The event of watches in one state; `watches` are pairs of a reader and a watch.

    It belongs to the newest statement, which is another row's if the cheapest offer ended.
    """
    offer = firing.offer
    newest = offer if offer.is_new else market.newest or offer
    known = market.ranges.get(offer.currency or "")
    event = PriceEvent(
        observation=newest.observation,
        book=offer.book,
        title=offer.title,
        rule=describe_rule(state),
        observed_at=newest.observed_at,
        new=offer.price,
        old=firing.old,
        currency=offer.currency,
        target=state.target,
        lowest=known.lowest if known else None,
        in_stock=offer.in_stock,
    )
    return event.to_event(watches)


def _save(states: Collection[tuple[WatchState, WatchState, list[int]]]) -> None:
    """Each state before and after, with the watches in it. New currencies and prices at the beginning are rare."""
    update_groups(PriceWatch, RESULT_FIELDS, [(after[5:], watches) for _, after, watches in states])
    begun = [(after[3:5], watches) for before, after, watches in states if after[3:5] != before[3:5]]
    update_groups(PriceWatch, START_FIELDS, begun)
