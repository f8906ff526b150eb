"""Deep pages by number: remembered positions let a scan start near the requested offset."""

import threading
from bisect import bisect_left, bisect_right
from dataclasses import dataclass, field
from operator import itemgetter
from typing import Any

from core.pagination.keyset import KeysetOrdering, Position

Checkpoint = tuple[int, Position | None]  # an offset, and the position of the row before it
get_offset = itemgetter(0)


@dataclass(slots=True)
class PositionIndex:
    """The length of a list and checkpoints in it. Each scan adds a checkpoint every `stride` rows."""

    count: int
    stride: int = 5_000
    _checkpoints: list[Checkpoint] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def find_keys(self, ordering: KeysetOrdering, start: int, limit: int) -> list[Any]:
        """The primary keys of up to `limit` rows from offset `start`."""
        if start >= self.count:
            return []
        offset, position = self._scan_to(ordering, start)
        return [each[-1] for each in ordering.positions(position, skip=start - offset, limit=limit)]

    def _scan_to(self, ordering: KeysetOrdering, start: int) -> Checkpoint:
        """Returns a checkpoint at most one stride before `start`, reached from the nearer side."""
        with self._lock:
            at = bisect_right(self._checkpoints, start, key=get_offset)
            below: Checkpoint = self._checkpoints[at - 1] if at else (0, None)
            above: Checkpoint = self._checkpoints[at] if at < len(self._checkpoints) else (self.count, None)
        is_below_nearer = start - below[0] <= above[0] - start
        return (
            self._scan_forwards(ordering, below, start) if is_below_nearer else self._scan_back(ordering, above, start)
        )

    def _scan_forwards(self, ordering: KeysetOrdering, checkpoint: Checkpoint, start: int) -> Checkpoint:
        while start - checkpoint[0] > self.stride:
            positions = ordering.positions(checkpoint[1], skip=self.stride - 1)
            if not positions:
                break
            checkpoint = self._remember(checkpoint[0] + self.stride, positions[0])
        return checkpoint

    def _scan_back(self, ordering: KeysetOrdering, checkpoint: Checkpoint, start: int) -> Checkpoint:
        while checkpoint[0] > start:
            step = min(self.stride, checkpoint[0])
            # A checkpoint holds the row before its offset, so a scan from the end of the list skips one row more.
            skip = step - 1 if checkpoint[1] else step
            positions = ordering.positions(checkpoint[1], skip=skip, backwards=True)
            if not positions:  # rows were deleted since the list was counted
                return (0, None)
            checkpoint = self._remember(checkpoint[0] - step, positions[0])
        return checkpoint

    def _remember(self, offset: int, position: Position) -> Checkpoint:
        checkpoint = (offset, position)
        with self._lock:
            at = bisect_left(self._checkpoints, offset, key=get_offset)
            if at == len(self._checkpoints) or self._checkpoints[at][0] != offset:
                self._checkpoints.insert(at, checkpoint)
        return checkpoint
