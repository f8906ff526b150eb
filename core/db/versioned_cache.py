"""What was made of the catalogue's rows and can be used again until somebody writes."""

import threading
from collections.abc import Callable
from typing import Generic, TypeVar

from cachetools import LRUCache

Value = TypeVar("Value")


class Kept(Generic[Value]):
    """Values made under one stamp of the catalogue, of so much weight in all; the least used give way.

    The stamp is read before the rows that a value is made of: then the value is never older than its stamp.
    """

    def __init__(self, most: int, weight: Callable[[Value], int] = lambda _: 1) -> None:
        self._lock = threading.Lock()
        self._stamp: int | None = None
        self._weight = weight
        self._values: LRUCache[bytes, Value] = LRUCache(most, getsizeof=weight)

    def get(self, now: int, key: bytes) -> Value | None:
        with self._lock:
            if now != self._stamp:
                self._values.clear()
                self._stamp = now
            return self._values.get(key)

    def keep(self, then: int, key: bytes, value: Value) -> None:
        """Keeps what was made after `then` was the stamp; a reader of a later one may have been here meanwhile."""
        with self._lock:
            if then == self._stamp and self._weight(value) <= self._values.maxsize:
                self._values[key] = value
