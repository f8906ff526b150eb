"""Derives the changes and the summaries of price histories from the observations again."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import groupby
from operator import attrgetter, itemgetter
from typing import Any

from django.db import transaction
from django.db.models import Count

from books.models import SUMMARY_FIELDS, Book, PriceObservation
from books.prices.changes import EMPTY_SUMMARY, PriceOrNone, PriceSummary, find_change, summarize
from core.db.bulk import update_rows

CHANGE_FIELDS = ("previous_price", "previous_currency", "change_percent")
OBSERVED = ("book", "pk", "observed_at", "price", "currency", *CHANGE_FIELDS)
MAX_BATCH = 20_000  # observations that are in memory at once, if no book has more
Row = tuple[Any, ...]
Models = tuple[type[Book], type[PriceObservation]]
CURRENT_MODELS: Models = (Book, PriceObservation)
get_change = attrgetter(*CHANGE_FIELDS)
get_summary = attrgetter(*SUMMARY_FIELDS)


def rebuild_all_summaries(*, models: Models = CURRENT_MODELS) -> int:
    """Corrects all books; returns the number of those that differed. A migration passes its own models.

    Each batch is a transaction, so that crawls can write in between.
    """
    return sum(_rebuild_batch(books, models) for books in _list_batches(models))


@transaction.atomic
def _rebuild_batch(books: list[int], models: Models) -> int:
    list(
        models[0]._default_manager.filter(pk__in=books).select_for_update(no_key=True).order_by("pk").values_list("pk")
    )
    return rebuild_summaries(books, models=models)


def rebuild_summaries(books: Collection[int], *, models: Models = CURRENT_MODELS) -> int:
    """Corrects these books, which the caller has locked; returns the number of those that differed."""
    book_model, observation_model = models
    summaries: dict[int, PriceSummary] = {}
    wrong_changes: list[Row] = []
    for book, observations in _load_observations(books, observation_model):
        summaries[book] = _summarize_latest_currency(observations)
        wrong_changes += _find_wrong_changes(observations)
    stored = book_model._default_manager.filter(pk__in=books).order_by("pk").values_list("pk", *SUMMARY_FIELDS)
    derived = ((row, get_summary(summaries.get(row[0], EMPTY_SUMMARY))) for row in stored)
    wrong_summaries: list[Row] = [(row[0], *summary) for row, summary in derived if row[1:] != summary]
    update_rows(observation_model, list(CHANGE_FIELDS), (row[1:] for row in wrong_changes))
    update_rows(book_model, list(SUMMARY_FIELDS), wrong_summaries)
    return len({row[0] for row in (*wrong_changes, *wrong_summaries)})


def _list_batches(models: Models) -> Iterator[list[int]]:
    """The primary keys of books that have observations, and of those that have lost all of them."""
    book_model, observation_model = models
    counted = observation_model._default_manager.values_list("book").annotate(Count("pk")).order_by("book")
    books, size = [], 0
    for book, count in list(counted):
        books.append(book)
        size += count
        if size >= MAX_BATCH:
            yield books
            books, size = [], 0
    unobserved = book_model._default_manager.filter(tracked_since__isnull=False, observations=None)
    yield [*books, *unobserved.values_list("pk", flat=True)]


def _load_observations(books: Collection[int], model: type[PriceObservation]) -> Iterator[tuple[int, list[Row]]]:
    """The OBSERVED columns of each book, in time order."""
    rows = model._default_manager.filter(book__in=books).order_by("book", "observed_at", "pk").values_list(*OBSERVED)
    for book, observations in groupby(rows, key=itemgetter(0)):
        yield book, list(observations)


def _summarize_latest_currency(observations: Sequence[Row]) -> PriceSummary:
    currency = next((currency for *_, currency, _, _, _ in reversed(observations) if currency), None)
    if currency is None:
        return EMPTY_SUMMARY
    prices = [(time, price) for _, _, time, price, stated, *_ in observations if stated == currency]
    return summarize(prices, currency)


def _find_wrong_changes(observations: Iterable[Row]) -> Iterator[Row]:
    """Yields book, observation and the values of CHANGE_FIELDS where other values are stored."""
    before: PriceOrNone = (None, None)
    for book, observation, _, amount, currency, *stored in observations:
        change = get_change(find_change((amount, currency), before))
        if change != tuple(stored):
            yield book, observation, *change
        if amount is not None:
            before = amount, currency
