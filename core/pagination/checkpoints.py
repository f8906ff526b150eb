"""Deep pages by number: remembered positions let a scan start near the requested offset."""

from dataclasses import dataclass, field
from typing import Any

from core.pagination.keyset import KeysetOrdering, Position


@dataclass(slots=True)
class PositionIndex:
    """The length of a list and checkpoints in it: the positions of the rows before each multiple of `stride`.

    Threads need no lock: a checkpoint is only added, and two threads that scan at the same time add equal ones.
    """

    count: int
    stride: int = 5_000
    _checkpoints: dict[int, Position | None] = field(default_factory=lambda: {0: None})

    def find_keys(self, ordering: KeysetOrdering, start: int, limit: int) -> list[Any]:
        """The primary keys of up to `limit` rows from offset `start`."""
        if start >= self.count:
            return []
        offset = self._scan_to(ordering, start)
        positions = ordering.positions(self._checkpoints[offset], skip=start - offset, limit=limit)
        return [position[-1] for position in positions]

    def _scan_to(self, ordering: KeysetOrdering, start: int) -> int:
        """Adds checkpoints up to `start`, and returns the offset of the last one."""
        offset = start - start % self.stride
        while offset not in self._checkpoints:
            offset -= self.stride
        while offset + self.stride <= start:
            positions = ordering.positions(self._checkpoints[offset], skip=self.stride - 1)
            if not positions:  # rows were deleted since the list was counted
                break
            offset += self.stride
            self._checkpoints[offset] = positions[0]
        return offset
