"""What a run of all comparisons found, as a table."""

import os
import platform
import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

HEAD = """\
# Results

{date}; {machine}. Written by `make bench`; what each line means stands in README.md beside this file.

| what | ours | compared with | ratio | floor | aim | |
| --- | --- | --- | --- | --- | --- | --- |
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """A ratio beside its bounds; `is_most` says that they are the most that it may be, else the least."""

    what: str
    ours: str
    peer: str
    ratio: float
    floor: float
    aim: float
    is_most: bool = False

    @property
    def verdict(self) -> str:
        if self._meets(self.aim):
            return "aim reached"
        return "floor holds" if self._meets(self.floor) else "**below the floor**"

    def _meets(self, bound: float) -> bool:
        return self.ratio <= bound if self.is_most else self.ratio >= bound

    def line(self) -> str:
        sign = "≤" if self.is_most else "≥"
        ratio, floor, aim = (_number(value) for value in (self.ratio, self.floor, self.aim))
        return f"| {self.what} | {self.ours} | {self.peer} | {ratio} | {sign} {floor} | {sign} {aim} | {self.verdict} |"


def write(results: Iterable[Result], path: Path) -> str:
    """Writes the table, and gives it."""
    head = HEAD.format(date=f"{datetime.now(UTC):%-d %B %Y}", machine=machine())
    text = head + "\n".join(result.line() for result in results) + "\n"
    path.write_text(text, encoding="utf-8")
    return text


def machine() -> str:
    models = (line.split(":")[1].strip() for line in _cpu_lines() if line.startswith("model name"))
    processor = next(models, platform.processor() or "unknown processor")
    return (
        f"{os.cpu_count()} cores ({processor}), {platform.system()}, Python {platform.python_version()}, "
        f"SQLite {sqlite3.sqlite_version}"
    )


def _cpu_lines() -> list[str]:
    path = Path("/proc/cpuinfo")
    return path.read_text(encoding="utf-8").splitlines() if path.exists() else []


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"
