"""Cells and lines of CSV files that spreadsheets open."""

import csv
import io
import re
from collections.abc import Iterable
from typing import Any

BOM = "\ufeff"  # Excel reads UTF-8 only with it
# Signs that start a formula: also full-width and small forms, which East Asian spreadsheets accept, and the minus sign.
SIGNS = ("=", "+", "-", "@", "＝", "＋", "－", "＠", "﹢", "﹣", "﹦", "﹫", "\u2212")
# A spreadsheet may drop these before it looks for a sign: blanks, quotes, control and invisible characters.
IGNORED = r"\s\"'`\x00-\x1f\x7f-\xa0\xab\xad\xb4\xbb\u180e\u200b-\u200f\u2018-\u201f\u202a-\u202e\u2060-\u206f\ufeff"
# Besides commas, spreadsheets separate cells at semicolons or tabs, and rows at any line end.
SEPARATOR = re.compile(r"[;\t\r\n]")
# The start of a cell, with its sign if it has one. The possessive quantifier keeps matching linear.
CELL_START = re.compile(rf"{SEPARATOR.pattern}[{IGNORED}]*+[{''.join(map(re.escape, SIGNS))}]?")


def to_lines(rows: Iterable[Iterable[Any]]) -> str:
    """The rows as lines of a CSV file."""
    lines = io.StringIO()
    csv.writer(lines).writerows(rows)
    return lines.getvalue()


def escape_formula(value: Any) -> str:
    """Prefixes cells that a spreadsheet would run as a formula with an apostrophe, for any separator of cells.

    Removing one apostrophe from the start of each such cell restores the text.
    """
    if not isinstance(value, str):
        return "" if value is None else str(value)
    if value[:1].isalnum() and not SEPARATOR.search(value):  # most cells; five times as fast
        return value
    return CELL_START.sub(_add_apostrophes, f";{value}")[1:]


def _add_apostrophes(cell_start: re.Match[str]) -> str:
    text = cell_start[0]
    starts_value_with_line_end = cell_start.start() == 0 and SEPARATOR.search(text, 1)
    if text.endswith(SIGNS) or starts_value_with_line_end:
        return SEPARATOR.sub(r"\g<0>'", text)
    return text
