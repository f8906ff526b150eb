"""Writes very many rows: `bulk_create` takes several times as long to compose its statements as the database needs to
run them.
"""

from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import contextmanager
from functools import lru_cache, partial
from itertools import chain, islice
from typing import Any

from django.db import connection, models

# Of the others the drivers take the values as they are.
CONVERTED = (models.DecimalField, models.DateTimeField, models.JSONField)
MOST_VALUES = 30_000  # in a statement: SQLite takes 32,766
# Few indexes have the next entry near the last one: the same pages are written again and again. So much SQLite keeps at
# hand, and so long its log gets before it is worked into the file, while very much is written.
ROOM = {"cache_size": -128_000, "wal_autocheckpoint": 20_000}  # KiB; pages
Row = tuple[Any, ...]
Field = models.Field[Any, Any]


@contextmanager
def room() -> Iterator[None]:
    """For writing very much at once."""
    if connection.vendor != "sqlite":
        yield
        return
    with connection.cursor() as cursor:
        before = {name: cursor.execute(f"PRAGMA {name}").fetchone()[0] for name in ROOM}
    _set(ROOM)
    try:
        yield
    finally:
        _set(before)


def _set(values: dict[str, int]) -> None:
    with connection.cursor() as cursor:
        for name, value in values.items():
            cursor.execute(f"PRAGMA {name} = {value}")


def insert(
    model: type[models.Model], columns: list[str], rows: Iterable[Row], *, ignore_conflicts: bool = False
) -> None:
    """Inserts the rows, each with the columns' values; what is not named is for the database to fill."""
    _write(model, columns, rows, "ON CONFLICT DO NOTHING" if ignore_conflicts else "")


def upsert(
    model: type[models.Model], columns: list[str], rows: Iterable[Row], *, unique: Collection[str], update: list[str]
) -> None:
    """Inserts the rows; where the `unique` columns stand already, it gives that row the `update` columns' values."""
    assigned = ", ".join(f"{name} = EXCLUDED.{name}" for name in _names(_fields(model, update)))
    identity = ", ".join(_names(_fields(model, unique)))
    _write(model, columns, rows, f"ON CONFLICT ({identity}) DO UPDATE SET {assigned}")


def ids_of(model: type[models.Model], unique: Collection[str], rows: Collection[Row]) -> dict[Row, int]:
    """The ids of those rows that stand, by the values of their `unique` columns.

    Each is looked up by itself: a long `IN` over several columns is a scan of the table to a planner that has not
    counted it yet.
    """
    if not rows:
        return {}
    table, names = connection.ops.quote_name(model._meta.db_table), _names(_fields(model, unique))
    columns = [f"column{place}" for place in range(1, len(names) + 1)]  # so both databases call those of VALUES
    is_same = " AND ".join(f"{name} = {column}" for name, column in zip(names, columns, strict=True))
    one = f"({', '.join(['%s'] * len(names))})"
    given = f"(VALUES {', '.join([one] * len(rows))}) AS given"
    with connection.cursor() as cursor:
        found = f"(SELECT id FROM {table} WHERE {is_same})"
        cursor.execute(f"SELECT {', '.join(columns)}, {found} FROM {given}", list(chain(*rows)))
        return {tuple(values): key for *values, key in cursor.fetchall() if key is not None}


def _write(model: type[models.Model], columns: list[str], rows: Iterable[Row], conflict: str) -> None:
    table, fields = connection.ops.quote_name(model._meta.db_table), _fields(model, columns)
    statements = _with_values if connection.vendor == "sqlite" else _with_arrays
    prepared = _prepared(fields, rows)
    with connection.cursor() as cursor:
        for source, values in statements(fields, prepared) if prepared else ():
            cursor.execute(f"INSERT INTO {table} ({', '.join(_names(fields))}) {source} {conflict}", values)


def _with_values(fields: list[Field], rows: list[list[Any]]) -> Iterator[tuple[str, list[Any]]]:
    """As many rows in a statement as it takes: after each one SQLite writes out what its text index has gathered."""
    one = f"({', '.join(['%s'] * len(fields))})"
    remaining = iter(rows)
    while some := list(islice(remaining, MOST_VALUES // len(fields))):
        yield f"VALUES {', '.join([one] * len(some))}", list(chain(*some))


def _with_arrays(fields: list[Field], rows: list[list[Any]]) -> Iterator[tuple[str, list[Any]]]:
    """A column is one value: tens of thousands of them take psycopg and the server longer to read than to write."""
    # Without its length a type cuts nothing off: what is too long is refused by the table.
    types = (str(field.db_type(connection)).partition("(")[0] for field in fields)
    arrays = ", ".join(f"%s::{kind}[]" for kind in types)
    yield f"SELECT * FROM unnest({arrays})", [list(column) for column in zip(*rows, strict=True)]


def _prepared(fields: list[Field], rows: Iterable[Row]) -> list[list[Any]]:
    """The rows with the values as the driver takes them."""
    prepared = [list(row) for row in rows]
    for place, convert in _conversions(fields):
        for row in prepared:
            if row[place] is not None:
                row[place] = convert(row[place])
    return prepared


def _conversions(fields: list[Field]) -> Iterator[tuple[int, Callable[[Any], Any]]]:
    for place, field in enumerate(fields):
        if isinstance(field, CONVERTED):
            convert = partial(field.get_db_prep_save, connection=connection)
            # Times and prices come again and again; lists cannot be remembered.
            yield place, convert if isinstance(field, models.JSONField) else lru_cache(convert)


def _fields(model: type[models.Model], names: Iterable[str]) -> list[Field]:
    return [field for field in map(model._meta.get_field, names) if isinstance(field, models.Field)]


def _names(fields: list[Field]) -> list[str]:
    return [connection.ops.quote_name(field.column) for field in fields]
