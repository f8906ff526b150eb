"""Pages far down a long list: their keys are walked to from the nearest place that is known, along an index."""

import threading
from bisect import bisect_left, bisect_right
from dataclasses import dataclass, field
from operator import itemgetter
from typing import Any

from core.pagination.keyset import Order, Place

STRIDE = 5_000
Known = tuple[int, Place | None]  # how many rows stand before a place, and the place of the last of them
position = itemgetter(0)


@dataclass(slots=True)
class FarList:
    """How long a list is, and places on the way: each walk notes one at every stride, so that the next is short."""

    count: int
    _known: list[Known] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def keys(self, order: Order, start: int, wanted: int) -> list[Any]:
        """The keys of so many rows from `start` on."""
        if start >= self.count:
            return []
        before, place = self._go(order, start)
        return [each[-1] for each in order.places(place, skip=start - before, wanted=wanted)]

    def _go(self, order: Order, start: int) -> Known:
        """A place a stride ahead of `start` at most, from the nearer side."""
        with self._lock:
            at = bisect_right(self._known, start, key=position)
            below: Known = self._known[at - 1] if at else (0, None)
            above: Known = self._known[at] if at < len(self._known) else (self.count, None)
        is_nearer = start - below[0] <= above[0] - start
        return self._forwards(order, below, start) if is_nearer else self._backwards(order, above, start)

    def _forwards(self, order: Order, known: Known, start: int) -> Known:
        while start - known[0] > STRIDE and (found := order.places(known[1], skip=STRIDE - 1)):
            known = self._note(known[0] + STRIDE, found[0])
        return known

    def _backwards(self, order: Order, known: Known, start: int) -> Known:
        while known[0] > start:
            step = min(STRIDE, known[0])
            # The place is that of the row before a position: seen from the end of the list it is one row further.
            found = order.places(known[1], skip=step - 1 if known[1] else step, backwards=True)
            if not found:  # the list is shorter by now
                return (0, None)
            known = self._note(known[0] - step, found[0])
        return known

    def _note(self, before: int, place: Place) -> Known:
        known = (before, place)
        with self._lock:
            at = bisect_left(self._known, before, key=position)
            if at == len(self._known) or self._known[at][0] != before:
                self._known.insert(at, known)
        return known
