"""Cells of CSV files that no spreadsheet runs as formulas."""

import csv
import io
import random
import re
import unicodedata

import pytest

from core.spreadsheets import CELL_START, SEPARATOR, SIGNS, escape_formula

DELIMITERS = [",", ";", "\t"]
FORMULAS = ["=1+1", "+1", "-1", "@SUM(1)", "＝1", "＋1", "－1", "＠1", "﹦1", "﹢1", "﹣1", "﹫1", "\u22121"]
IGNORED = ["", '"', '""', "'", "\"'", " ", "\u00a0", "\u3000", "\t", "\n", "\r\n", "\x01", "\ufeff", "\u200b", "\u201c"]
HARMLESS = ["1 + 1 = 2", "Odes; Epodes", "well-known", "a\nb", "a\r\nb", "me@example.org", "'tis", '"Odes"', "", ";'"]
ALPHABET = [*'=+-@＝＋－＠;;;,\t\r\n"""\' `a1', "\u00a0", "\u200b"]


def read_back(rows: list[list[str]], delimiter: str) -> list[list[str]]:
    """Writes the rows as the export does, and reads them as a spreadsheet with this delimiter does."""
    file = io.StringIO(newline="")
    csv.writer(file).writerows(rows)
    file.seek(0)
    return list(csv.reader(file, delimiter=delimiter))


def is_formula(cell: str) -> bool:
    """Whether the first character that is not blank, a quote or invisible is a sign, in any width."""
    visible = "".join(each for each in cell if unicodedata.category(each)[0] != "C")
    first = unicodedata.normalize("NFKC", re.sub(r'^[\s"`\u201c]+', "", visible))[:1]
    return first in {"=", "+", "-", "@", "\u2212"}


def unescape(cell: str) -> str:
    """Removes the apostrophes of the guard: one at the start of each cell that would be a formula."""

    def remove(start: re.Match[str]) -> str:
        is_guarded = start[0].endswith(SIGNS) or (start.start() == 0 and SEPARATOR.search(start[0], 1))
        return re.sub(rf"({SEPARATOR.pattern})'", r"\1", start[0]) if is_guarded else start[0]

    return CELL_START.sub(remove, f";{cell}")[1:]


def check_guard(value: str) -> None:
    rows = [["1", escape_formula(value), "next"], ["2", escape_formula(value), escape_formula(f"Odes; {value}")]]
    for delimiter in DELIMITERS:
        cells = [cell for row in read_back(rows, delimiter) for cell in row]
        assert not any(map(is_formula, cells)), (value, delimiter, cells)
    assert read_back(rows, ",") == rows
    assert unescape(escape_formula(value)) == value


@pytest.mark.parametrize("formula", FORMULAS)
def test_no_cell_is_a_formula_for_any_delimiter(formula: str) -> None:
    for ignored in IGNORED:
        for start in ("", "x;", "x;y;", "x\t", "x\n", "x\r", 'x";', "x;\t;"):
            check_guard(f"{start}{ignored}{formula}")
            check_guard(f"{start}{ignored}{formula};{ignored}y")


def test_no_generated_cell_is_a_formula() -> None:
    generator = random.Random(15)
    for _ in range(5_000):
        check_guard("".join(generator.choices(ALPHABET, k=generator.randint(1, 12))))


@pytest.mark.parametrize("text", HARMLESS)
def test_other_text_is_unchanged(text: str) -> None:
    assert escape_formula(text) == text


@pytest.mark.parametrize(
    ("value", "cell"),
    [
        ("=1+1", "'=1+1"), ("+1", "'+1"), ("-1", "'-1"), ("@cmd", "'@cmd"), ("＝1", "'＝1"), ("\t=1", "'\t'=1"),
        ("Odes;=1", "Odes;'=1"), ("a\n-1", "a\n'-1"), ('x;"=1+1;y', "x;'\"=1+1;y"), ("'=1", "''=1"),
        ("\tOdes", "'\t'Odes"), (-800, "-800"), (None, ""),
    ],
)  # fmt: skip
def test_formulas_are_escaped(value: object, cell: str) -> None:
    assert escape_formula(value) == cell


def test_long_texts_of_separators_are_escaped_in_linear_time() -> None:
    """A quadratic guard would need minutes."""
    assert len(escape_formula("\t" * 200_000 + "=1")) == 400_003
