"""The results of all comparisons as a Markdown table."""

import os
import platform
import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

Key = tuple[str, str]  # the measurement, and the name of its peer
HEADER = """\
# Results

{machine}. Written by `make bench`; README.md describes each line.

| what | ours | compared with | ratio | floor | aim | | measured on |
| --- | --- | --- | --- | --- | --- | --- | --- |
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """A ratio with its floor and aim. Both are lower bounds, or upper bounds if `is_upper_bound` is true.

    Both are None if the ratio is recorded without a judgement.
    """

    what: str
    ours: str
    peer: str
    ratio: float
    floor: float | None
    aim: float | None
    is_upper_bound: bool = False

    @property
    def verdict(self) -> str:
        if self.floor is None or self.aim is None:
            return "recorded"
        if self._meets(self.aim):
            return "aim reached"
        return "floor holds" if self._meets(self.floor) else "**below the floor**"

    def _meets(self, bound: float) -> bool:
        return self.ratio <= bound if self.is_upper_bound else self.ratio >= bound

    def format_line(self) -> str:
        ratio, floor, aim = _format_number(self.ratio), self._format_bound(self.floor), self._format_bound(self.aim)
        return f"| {self.what} | {self.ours} | {self.peer} | {ratio} | {floor} | {aim} | {self.verdict} |"

    def _format_bound(self, bound: float | None) -> str:
        return "" if bound is None else f"{'≤' if self.is_upper_bound else '≥'} {_format_number(bound)}"


def write_results(results: Iterable[Result], path: Path, *, keep_others: bool) -> str:
    """Writes the table to the file and returns it. With `keep_others`, the rows of other measurements stay."""
    rows = _read_rows(path) if keep_others and path.exists() else {}
    today = f"{datetime.now(UTC):%-d %B %Y}"
    rows |= {(result.what, _name_peer(result.peer)): f"{result.format_line()} {today} |" for result in results}
    text = HEADER.format(machine=describe_machine()) + "\n".join(rows.values()) + "\n"
    path.write_text(text, encoding="utf-8")
    return text


def _read_rows(path: Path) -> dict[Key, str]:
    """The rows of an earlier table."""
    lines = path.read_text(encoding="utf-8").splitlines()
    rows = [line.strip("|").split("|") for line in lines if line.startswith("| ")][2:]
    return {(row[0].strip(), _name_peer(row[2].strip())): f"|{'|'.join(row)}|" for row in rows}


def _name_peer(peer: str) -> str:
    """Without its figures, which differ in each run."""
    return " ".join(word for word in peer.split() if not word[0].isdigit())


def describe_machine() -> str:
    models = (line.split(":")[1].strip() for line in _read_cpu_info() if line.startswith("model name"))
    processor = next(models, platform.processor() or "unknown processor")
    return (
        f"{os.cpu_count()} cores ({processor}), {platform.system()}, Python {platform.python_version()}, "
        f"SQLite {sqlite3.sqlite_version}"
    )


def _read_cpu_info() -> list[str]:
    path = Path("/proc/cpuinfo")
    return path.read_text(encoding="utf-8").splitlines() if path.exists() else []


def _format_number(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"
