"""Connects the watches to the catalogue."""

from collections.abc import Collection
from typing import Any

from django.dispatch import receiver

from books.signals import observations_written, prices_withdrawn
from users.watches.evaluation import evaluate, rearm_watches


@receiver(observations_written)
def compare_watches(observations: Collection[int], **_: Any) -> None:
    evaluate(observations)


@receiver(prices_withdrawn)
def compare_withdrawn_prices(books: Collection[int], **_: Any) -> None:
    rearm_watches(books)
