"""Reads the typed values of one row, and collects the problems of its cells."""

import datetime
from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import Protocol, TypeVar

from books.records import MAX_KEY, MAX_TEXT
from core.partial_date import PartialDate
from core.text import fold
from users.imports.dates import parse_date, parse_day
from users.imports.rows import Problem
from users.imports.texts import clean_line, clean_long_text, convert_html, unique_names
from users.imports.values import (
    InvalidValue,
    parse_boolean,
    parse_integer,
    parse_isbn,
    parse_rating,
    parse_year,
    round_rating,
    show,
)

MAX_LONG_TEXT = 10_000  # characters of a review or of notes
MAX_TAG = 100
MAX_TAGS = 100
MAX_AUTHORS = 50

Value = TypeVar("Value")


class Cells(Protocol):
    """A row of a table, or an entry of a document with the same methods."""

    def get(self, column: str, /) -> str:
        """The text of the column, empty if there is none."""

    def name_of(self, column: str, /) -> str:
        """The column's name as the file has it."""


class CellReader:
    """Every method returns the value of a column, or its empty value and a problem. None of them raises."""

    def __init__(self, cells: Cells) -> None:
        self._cells = cells
        self._problems: list[Problem] = []

    @property
    def problems(self) -> tuple[Problem, ...]:
        """The problems of all columns read so far, so read it last."""
        return tuple(self._problems)

    def report(self, column: str | None, message: str) -> None:
        self._problems.append(Problem(self._cells.name_of(column) if column else None, message))

    def read(self, column: str, parse: Callable[[str], Value]) -> Value | None:
        """The value that `parse` returns. If it raises InvalidValue, the message becomes a problem."""
        try:
            return parse(self._cells.get(column))
        except InvalidValue as error:
            self.report(column, str(error))
            return None

    def first(self, *columns: str) -> str:
        """The text of the first column that has one."""
        return next(filter(None, map(self._cells.get, columns)), "")

    def line(self, column: str) -> str:
        return clean_line(self._cells.get(column))

    def key(self, column: str) -> str | None:
        """The row's identity in the service that wrote the file."""
        text = self.line(column)
        if len(text) > MAX_KEY:
            self.report(column, f"An identifier has at most {MAX_KEY} characters. {show(text)} has {len(text):,}.")
            return None
        return text or None

    def isbn(self, *columns: str) -> str | None:
        """The ISBN of the first column with a valid one. Columns with different ISBNs give none and a problem."""
        found = [(column, number) for column in columns if (number := self.read(column, parse_isbn))]
        if len({number for _, number in found}) > 1:
            names = " and ".join(self._cells.name_of(column) for column, _ in found)
            self.report(found[0][0], f"{names} have the ISBNs of different books, so that none was used.")
            return None
        return found[0][1] if found else None

    def title(self, column: str) -> str | None:
        title = self.line(column)
        if len(title) > MAX_TEXT["title"]:
            self.report(column, f"A title has at most {MAX_TEXT['title']} characters. This one has {len(title):,}.")
            return None
        return title or None

    def subtitle(self, column: str) -> str | None:
        subtitle = self.line(column)
        if len(subtitle) > MAX_TEXT["subtitle"]:
            self.report(column, f"A subtitle has at most {MAX_TEXT['subtitle']} characters, so that it was not used.")
            return None
        return subtitle or None

    def authors(self, column: str, names: Iterable[str]) -> tuple[str, ...]:
        """The names that the catalogue accepts. `column` is the one that they were read from."""
        found = unique_names(names)
        if any(len(name) > MAX_TEXT["author"] for name in found) or len(found) > MAX_AUTHORS:
            self.report(
                column, f"A book has at most {MAX_AUTHORS} authors with names of up to {MAX_TEXT['author']} characters."
            )
        return tuple(name for name in found if len(name) <= MAX_TEXT["author"])[:MAX_AUTHORS]

    def rating(self, column: str, *, scale: int = 5) -> tuple[Decimal | None, Decimal | None]:
        """The rating in halves, and the stated one if it was rounded up."""
        stated = self.read(column, lambda text: parse_rating(text, scale=scale))
        if stated is None:
            return None, None
        rounded = round_rating(stated)
        return rounded, (None if rounded == stated else stated)

    def date(self, column: str) -> PartialDate | None:
        return self.read(column, parse_date)

    def day(self, column: str) -> datetime.date | None:
        return self.read(column, parse_day)

    def integer(self, column: str) -> int | None:
        return self.read(column, parse_integer)

    def year(self, column: str) -> int | None:
        return self.read(column, parse_year)

    def boolean(self, column: str) -> bool | None:
        return self.read(column, parse_boolean)

    def html(self, column: str) -> str:
        return self._cut(column, convert_html(self._cells.get(column)))

    def long_text(self, column: str) -> str:
        return self._cut(column, clean_long_text(self._cells.get(column)))

    def paragraphs(self, column: str, texts: Iterable[str]) -> str:
        """Texts of several columns as one. A problem is reported for `column`."""
        return self._cut(column, "\n\n".join(filter(None, texts)))

    def tags(self, column: str, names: Iterable[str]) -> tuple[str, ...]:
        found = unique_names(names)
        for name in found:
            if len(name) > MAX_TAG:
                self.report(column, f"A tag has at most {MAX_TAG} characters. {show(name)} has {len(name):,}.")
            elif not fold(name):
                self.report(column, f"The tag {show(name)} has only accents, and was not used.")
        fitting = tuple(name for name in found if len(name) <= MAX_TAG and fold(name))
        if len(fitting) > MAX_TAGS:
            self.report(column, f"Only the first {MAX_TAGS} of {len(fitting):,} tags were used.")
        return fitting[:MAX_TAGS]

    def _cut(self, column: str, text: str) -> str:
        if len(text) <= MAX_LONG_TEXT:
            return text
        self.report(column, f"The text of {len(text):,} characters was cut at {MAX_LONG_TEXT:,}.")
        return text[:MAX_LONG_TEXT].rstrip()
