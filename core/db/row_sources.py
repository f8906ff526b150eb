"""Rows as SQL: a query that returns them, with its parameters. Each has the form that its database parses fastest."""

from collections.abc import Callable, Collection, Iterable, Iterator
from functools import lru_cache, partial
from itertools import chain
from typing import Any

from django.db import connection, models

from core.batches import batches

# Values of these fields need a conversion; the drivers accept the others unchanged.
CONVERTED = (models.DecimalField, models.DateTimeField, models.JSONField)
MAX_PARAMETERS = 30_000  # in a statement; SQLite's limit is 32,766
MAX_GROUP_ROWS = 10_000  # in a statement, which has a time limit
Row = tuple[Any, ...]
Field = models.Field[Any, Any]
Group = tuple[Row, Collection[Row]]  # the values that its rows share, and the other values of each row
Source = tuple[str, list[Any]]  # a query, and its parameters


def name_columns(count: int) -> list[str]:
    """The names that both databases give to the columns of VALUES."""
    return [f"column{place}" for place in range(1, count + 1)]


def make_sources(fields: list[Field], rows: Iterable[Row]) -> Iterator[Source]:
    """Queries that return the rows, with the columns of `name_columns`. None if there are no rows."""
    prepared = _prepare(fields, rows)
    if prepared:
        yield from (_list_values if connection.vendor == "sqlite" else _list_arrays)(fields, prepared)


def make_group_sources(own: list[Field], shared: list[Field], groups: Iterable[Group]) -> Iterator[Source]:
    """Queries that return the rows of groups: each row's own columns, then those that the rows of a group share.

    The shared values are converted once for each group, and PostgreSQL receives and parses them once.
    """
    listed = list(groups)
    prepared = _prepare(shared, (values for values, _ in listed))
    numbered = ((number, row) for number, (_, rows) in enumerate(listed) for row in _prepare(own, rows))
    if connection.vendor == "sqlite":
        yield from _list_values([*own, *shared], [[*row, *prepared[number]] for number, row in numbered])
        return
    for some in batches(numbered, MAX_GROUP_ROWS):
        yield _list_group_arrays(own, shared, some, prepared)


def _list_values(fields: list[Field], rows: list[list[Any]]) -> Iterator[Source]:
    """As many rows per statement as possible, because SQLite flushes the full-text index after each statement."""
    one = f"({', '.join(['%s'] * len(fields))})"
    for some in batches(rows, MAX_PARAMETERS // len(fields)):
        yield f"VALUES {', '.join([one] * len(some))}", list(chain(*some))


def _list_arrays(fields: list[Field], rows: list[list[Any]]) -> Iterator[Source]:
    """One array parameter per column: psycopg and the server are slow to parse tens of thousands of parameters."""
    names = ", ".join(name_columns(len(fields)))
    query = f"SELECT {names} FROM unnest({_array_parameters(fields)}) AS given ({names})"
    yield query, _make_arrays(fields, rows)


def _list_group_arrays(
    own: list[Field], shared: list[Field], rows: list[tuple[int, list[Any]]], groups: list[list[Any]]
) -> Source:
    """`rows` have the numbers of their groups, in ascending order. Only the values of those groups are sent."""
    first, last = rows[0][0], rows[-1][0]
    names = name_columns(len(own) + len(shared))
    row_names, group_names = ", ".join(names[: len(own)]), ", ".join(names[len(own) :])
    query = (
        f"SELECT {row_names}, {group_names} "
        f"FROM unnest(%s::bigint[], {_array_parameters(own)}) AS of_row (number, {row_names}) "
        f"JOIN unnest({_array_parameters(shared)}) WITH ORDINALITY AS of_group ({group_names}, number) USING (number)"
    )
    numbers = _write_integers([number - first + 1 for number, _ in rows])
    own_arrays = _make_arrays(own, [row for _, row in rows])
    return query, [numbers, *own_arrays, *_make_arrays(shared, groups[first : last + 1])]


def _array_parameters(fields: list[Field]) -> str:
    """Types without their length: a cast to varchar(n) would truncate, where the table's column raises an error."""
    return ", ".join(f"%s::{_find_type(field)}[]" for field in fields)


def _find_type(field: Field) -> str:
    return str(field.db_type(connection)).partition("(")[0]


def _make_arrays(fields: list[Field], rows: list[list[Any]]) -> list[Any]:
    """psycopg converts lists item by item, which is slow for integers."""
    columns = [list(column) for column in zip(*rows, strict=True)]
    return [
        _write_integers(column) if _find_type(field) == "bigint" else column
        for field, column in zip(fields, columns, strict=True)
    ]


def _write_integers(column: list[int | None]) -> str:
    """The array as PostgreSQL reads it from a text."""
    return "{" + ",".join("NULL" if value is None else str(value) for value in column) + "}"


def _prepare(fields: list[Field], rows: Iterable[Row]) -> list[list[Any]]:
    """The rows with converted values."""
    prepared = [list(row) for row in rows]
    for place, convert in _list_conversions(fields):
        for row in prepared:
            if row[place] is not None:
                row[place] = convert(row[place])
    return prepared


def _list_conversions(fields: list[Field]) -> Iterator[tuple[int, Callable[[Any], Any]]]:
    for place, field in enumerate(fields):
        if isinstance(field, CONVERTED):
            convert = partial(field.get_db_prep_save, connection=connection)
            # Times and prices repeat, so their conversions are cached; JSON values are not hashable.
            yield place, convert if isinstance(field, models.JSONField) else lru_cache(convert)
