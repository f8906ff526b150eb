"""Compares the watches of changed books with the new statements, in one pass inside the transaction of the statements.

The number of queries depends neither on the number of books in a batch nor on that of watches.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone

from books.models import Book
from books.works import Keys, filter_works
from core.batches import batches
from core.db.bulk import update_groups
from users.models import PriceWatch, WatchScope
from users.notifications.outbox import store_events
from users.watches.comparisons import Comparison, compare, drop_repeated_events
from users.watches.market import Market
from users.watches.statements import MarketKey, load_markets
from users.watches.transitions import WatchState

BATCH = 1_000  # books or observations
STATE_FIELDS = [
    "rule", "amount", "percent", "currency", "start_price", "seen_price", "state", "fired_price", "fired_at",
]  # fmt: skip
START_FIELDS, RESULT_FIELDS = STATE_FIELDS[3:5], STATE_FIELDS[5:]
Books = dict[int, Keys]  # by id
FindState = Callable[[WatchState, Market], WatchState]
Groups = dict[tuple[MarketKey, WatchState], list[tuple[int, int]]]  # pairs of a reader and a watch


@transaction.atomic
def evaluate(observations: Iterable[int]) -> None:
    """Fires watches if an observation fulfils their condition, and arms them if it no longer does."""
    books = (Book.objects.filter(observations__in=keys) for keys in batches(observations, BATCH))
    for changed in _lock_batches(books, PriceWatch.objects.active()):
        _store(_compare(changed))


@transaction.atomic
def evaluate_books(books: Iterable[int]) -> None:
    """Does the same with the latest statements about these books. A watch does not fire twice at a statement."""
    for changed in _lock_batches(select_books(books), PriceWatch.objects.active()):
        _store(drop_repeated_events(_compare(changed)))


@transaction.atomic
def update_watches(
    changes: Sequence[tuple[QuerySet[Book], FindState]], watches: QuerySet[PriceWatch] | None = None
) -> None:
    """Gives the active watches of each batch of books, or those of `watches`, the states that its function finds. No
    watch fires.
    """
    watches = PriceWatch.objects.active() if watches is None else watches
    finders = [find_state for _, find_state in changes]
    for changed, find_state in zip(_lock_batches((books for books, _ in changes), watches), finders, strict=False):
        groups = _lock_watches(changed, watches)
        markets = load_markets({key for key, _ in groups})
        _store(Comparison(state, find_state(state, markets[key]), found) for (key, state), found in groups.items())


def select_books(books: Iterable[int]) -> Iterator[QuerySet[Book]]:
    """The books with these ids, in batches."""
    return (Book.objects.filter(pk__in=keys) for keys in batches(books, BATCH))


def _lock_batches(books: Iterable[QuerySet[Book]], watches: QuerySet[PriceWatch]) -> list[Books]:
    """If there are several batches, the watches of all are locked first. Locking each batch after the one before it
    would not follow the order of the watches, and could end in a deadlock.
    """
    if not watches.exists():
        return []
    loaded = [_load_books(each) for each in books]
    if len(loaded) > 1:
        found = {pk for changed in loaded for pk in _find_watches(changed, watches).values_list("pk", flat=True)}
        for keys in batches(sorted(found), BATCH):
            list(_lock(PriceWatch.objects.filter(pk__in=keys)).values_list("pk"))
    return loaded


def _load_books(books: QuerySet[Book]) -> Books:
    return {pk: (work, isbn) for pk, work, isbn in books.order_by().values_list("pk", "work_key", "isbn_13")}


def _compare(changed: Books) -> Iterator[Comparison]:
    now, groups = timezone.now(), _lock_watches(changed, PriceWatch.objects.active())
    markets = load_markets({key for key, _ in groups}, new=changed)
    for (key, state), watches in groups.items():
        yield compare(state, watches, markets[key], now=now)


def _lock_watches(changed: Books, watches: QuerySet[PriceWatch]) -> Groups:
    """The watches of the books, and those of other rows of their works."""
    groups: Groups = defaultdict(list)
    rows = _lock(_find_watches(changed, watches)).values_list("pk", "user", "book", "scope", *STATE_FIELDS)
    for pk, reader, book, scope, *state in rows:
        if scope == WatchScope.WORK or book in changed:
            groups[(book, scope), WatchState(*state)].append((reader, pk))
    return groups


def _lock(watches: QuerySet[PriceWatch]) -> QuerySet[PriceWatch]:
    """Locks them in the order of their ids. Not the key, so that the rows that refer to the watches stay free."""
    return watches.order_by("pk").select_for_update(no_key=True, of=("self",))


def _find_watches(changed: Books, watches: QuerySet[PriceWatch]) -> QuerySet[PriceWatch]:
    """Those of the books, and those of other rows of their works. A few of these may be on the other book alone."""
    return watches.filter(book__in={*changed, *_find_watched_rows(changed, watches)})


def _find_watched_rows(changed: Books, watches: QuerySet[PriceWatch]) -> Iterable[int]:
    """Rows of the works of the changed books for which a reader watches the whole work."""
    of_work = watches.filter(scope=WatchScope.WORK, book=OuterRef("pk"))
    return filter_works(Book.objects.filter(Exists(of_work)), changed.values()).values_list("pk", flat=True)


def _store(comparisons: Iterable[Comparison]) -> None:
    """New currencies and prices at the beginning are rare. They are first, because a price needs a currency."""
    found = list(comparisons)
    changed = [each for each in found if each.is_change]
    begun = [(each.after[3:5], each.keys) for each in changed if each.after[3:5] != each.before[3:5]]
    update_groups(PriceWatch, START_FIELDS, begun)
    update_groups(PriceWatch, RESULT_FIELDS, [(each.after[5:], each.keys) for each in changed])
    store_events([each.event for each in found if each.event])
