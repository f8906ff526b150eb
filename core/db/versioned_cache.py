"""An in-process cache of values that depend on versioned data."""

import threading
from collections.abc import Callable
from typing import Generic, TypeVar

from cachetools import LRUCache

Value = TypeVar("Value")


class VersionedCache(Generic[Value]):
    """A thread-safe LRU cache with a size limit, cleared when the data's version changes.

    Callers read the version before the data, so that a cached value is never older than its version.
    """

    def __init__(self, max_size: int, size_of: Callable[[Value], int] = lambda _: 1) -> None:
        self._lock = threading.Lock()
        self._version: int | None = None
        self._size_of = size_of
        self._values: LRUCache[bytes, Value] = LRUCache(max_size, getsizeof=size_of)

    def get(self, version: int, key: bytes) -> Value | None:
        """Returns the value cached under `key` and this version; clears the cache if the version is another one."""
        with self._lock:
            if version != self._version:
                self._values.clear()
                self._version = version
            return self._values.get(key)

    def set(self, version: int, key: bytes, value: Value) -> None:
        """Stores the value, unless another thread has seen a later version since."""
        with self._lock:
            if version == self._version and self._size_of(value) <= self._values.maxsize:
                self._values[key] = value
