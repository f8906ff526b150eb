"""Connects the watches to the catalogue."""

from collections.abc import Collection, Mapping
from decimal import Decimal
from functools import partial
from typing import Any

from django.dispatch import receiver

from books.models import Book
from books.signals import observations_written, offers_ended, offers_joined, prices_withdrawn, works_left
from books.works import Keys, filter_works
from users.models import PriceWatch
from users.watches.evaluation import evaluate, evaluate_books, select_books, update_watches
from users.watches.transitions import end_offer, withdraw_price


@receiver(observations_written)
def compare_watches(observations: Collection[int], **_: Any) -> None:
    evaluate(observations)


@receiver(prices_withdrawn)
def compare_withdrawn_prices(prices: Mapping[int, tuple[Decimal, str]], **_: Any) -> None:
    """Also paused watches, which compare with their prices after the pause."""
    changes = [
        (Book.objects.filter(pk=book), partial(withdraw_price, price=price, currency=currency))
        for book, (price, currency) in prices.items()
    ]
    update_watches(changes, PriceWatch.objects.all())


@receiver(offers_joined)
def compare_joined_offers(books: Collection[int], **_: Any) -> None:
    evaluate_books(books)


@receiver(offers_ended)
def compare_ended_offers(books: Collection[int], **_: Any) -> None:
    update_watches([(some, end_offer) for some in select_books(books)])


@receiver(works_left)
def compare_remaining_offers(keys: Collection[Keys], books: Collection[int], **_: Any) -> None:
    update_watches([(filter_works(Book.objects.all(), keys) | Book.objects.filter(pk__in=books), end_offer)])
