"""The tab-separated export of LibraryThing with 49 columns. A quote is an ordinary character in it.

ISBNs and dates are in brackets, and `[]` is empty. Lists of further authors and of their roles have the same length.
"""

import re
from dataclasses import dataclass

from users.imports.cell_reader import CellReader
from users.imports.formats.librarything import Lists, build_row
from users.imports.formats.table_format import TableFormat, TableRow
from users.imports.rows import ImportRow
from users.imports.texts import invert_name, split_list

BRACKETS = re.compile(r"\[([^\[\]]*)\]")
BRACKETED = {"ISBN", "ISBNs", "Date Started", "Date Read", "Entry Date", "Tags", "Collections", "Rating"}
LIST_SEPARATOR = re.compile(r"\s*[|;]\s*")


@dataclass(frozen=True, slots=True)
class UnbracketedCells:
    row: TableRow

    def get(self, column: str) -> str:
        cell = self.row.get(column)
        match = BRACKETS.fullmatch(cell) if column in BRACKETED else None
        return match[1].strip() if match else cell

    def name_of(self, column: str) -> str:
        return self.row.name_of(column)


def parse_row(row: TableRow) -> ImportRow:
    cells = CellReader(UnbracketedCells(row))
    lists = Lists(
        authors=[(invert_name(name), role) for name, role in _read_authors(cells)],
        isbns=split_list(cells.line("ISBNs")),
        tags=split_list(cells.line("Tags")),
        collections=split_list(cells.line("Collections")),
        media=cells.line("Media"),
    )
    return build_row(line=row.line, raw=dict(row.cells), cells=cells, lists=lists)


def _read_authors(cells: CellReader) -> list[tuple[str, str]]:
    """Names (`Last, First`) with their roles. Further names are used only if there are as many roles, or none."""
    main = (cells.line("Primary Author"), cells.line("Primary Author Role"))
    names = LIST_SEPARATOR.split(cells.line("Secondary Author"))
    roles = LIST_SEPARATOR.split(cells.line("Secondary Author Roles"))
    if not any(roles):
        return [main, *((name, "") for name in names)]
    return [main, *(zip(names, roles, strict=True) if len(names) == len(roles) else ())]


LIBRARYTHING_TABLE = TableFormat(
    name="librarything",
    label="LibraryThing",
    markers=(
        frozenset({"Title", "Primary Author", "Collections"}),
        frozenset({"Book Id", "Title", "Primary Author"}),
        frozenset({"Title", "Primary Author", "Secondary Author", "Entry Date"}),
    ),
    columns=frozenset({
        "Book Id", "Title", "Sort Character", "Primary Author", "Primary Author Role", "Secondary Author",
        "Secondary Author Roles", "Publication", "Date", "Review", "Rating", "Comment", "Private Comment", "Summary",
        "Media", "Physical Description", "Weight", "Height", "Thickness", "Length", "Dimensions", "Page Count", "LCCN",
        "Acquired", "Date Started", "Date Read", "Barcode", "BCID", "Tags", "Collections", "Languages",
        "Original Languages", "LC Classification", "ISBN", "ISBNs", "Subjects", "Dewey Decimal", "Dewey Wording",
        "Other Call Number", "Copies", "Source", "Entry Date", "From Where", "OCLC", "Work id", "Lending Patron",
        "Lending Status", "Lending Start", "Lending End",
    }),
    parse=parse_row,
    has_quotes=False,
)  # fmt: skip
