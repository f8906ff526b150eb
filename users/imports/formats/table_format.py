"""The definition of a format of table files. Its module declares one TableFormat."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from core.text import fold
from users.imports.rows import ImportRow

TEXT_FORMULA = re.compile(r'="(.*)"', re.DOTALL)  # keeps spreadsheets from reading an ISBN as a number


def fold_name(column: str) -> str:
    """Column names are compared without case, punctuation, repeated spaces and a byte order mark."""
    return fold(column.removeprefix("\ufeff").replace("_", " "))


def unwrap_formula(cell: str) -> str:
    """The text of a cell such as `="0142402494"`; other cells are unchanged."""
    match = TEXT_FORMULA.fullmatch(cell)
    return match[1].replace('""', '"').strip() if match else cell


@dataclass(frozen=True, slots=True)
class TableRow:
    """The cells of a row by the column's name in the file. `line` is the file's line on which the row starts."""

    line: int
    cells: Mapping[str, str]
    columns: Mapping[str, str]  # the file's names by folded name

    @classmethod
    def of(cls, line: int, cells: Mapping[str, str]) -> "TableRow":
        return cls(line, cells, index_columns(cells))

    def get(self, column: str) -> str:
        """The cell without outer spaces and without `="…"`; empty if the file has no such column."""
        return unwrap_formula(self.cells.get(self.columns.get(fold_name(column), ""), "").strip())

    def name_of(self, column: str) -> str:
        """The column's name as the file has it."""
        return self.columns.get(fold_name(column), column)


def index_columns(columns: Iterable[str]) -> dict[str, str]:
    """The names by folded name. Of names that fold to the same, the first is found."""
    index: dict[str, str] = {}
    for column in columns:
        index.setdefault(fold_name(column), column)
    return index


@dataclass(frozen=True, slots=True, kw_only=True)
class TableFormat:
    """`name` identifies the format in the API and the command, `label` names it to readers.

    A file has this format if its header contains all columns of one of the `markers`. Columns besides `columns` are
    reported as unknown. `has_quotes` is False for formats in which a quote is an ordinary character.
    """

    name: str
    label: str
    markers: tuple[frozenset[str], ...]
    columns: frozenset[str]
    parse: Callable[[TableRow], ImportRow]
    has_quotes: bool = True

    def match(self, folded_columns: frozenset[str]) -> int:
        """The size of the largest group of markers that the header contains, 0 if it contains none."""
        groups = [{fold_name(column) for column in group} for group in self.markers]
        return max((len(group) for group in groups if group <= folded_columns), default=0)

    def find_unknown(self, columns: Iterable[str]) -> tuple[str, ...]:
        known = {fold_name(column) for column in self.columns}
        return tuple(column for column in columns if fold_name(column) not in known)
