"""What a format of table files consists of. Its module declares one TableFormat."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from core.text import fold
from users.imports.rows import ImportRow


def fold_name(column: str) -> str:
    """Column names are compared without case, punctuation, repeated spaces and a byte order mark."""
    return fold(column.removeprefix("\ufeff").replace("_", " "))


@dataclass(frozen=True, slots=True)
class TableRow:
    """The cells of a row by the column's name in the file. `line` is the file's line on which the row starts."""

    line: int
    cells: Mapping[str, str]
    _columns: Mapping[str, str]  # the file's names by folded name

    def get(self, column: str) -> str:
        """The cell without outer spaces; empty if the file has no such column."""
        return self.cells.get(self._columns.get(fold_name(column), ""), "").strip()


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
