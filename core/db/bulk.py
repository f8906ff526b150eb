"""Bulk inserts and upserts.

`bulk_create` spends several times as long on composing its statements as the database spends on running them.
"""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from functools import lru_cache, partial
from itertools import chain, islice
from typing import Any, TypeVar

from django.db import connection, models

# Values of these fields need a conversion; the drivers accept the others unchanged.
CONVERTED = (models.DecimalField, models.DateTimeField, models.JSONField)
MAX_PARAMETERS = 30_000  # in a statement; SQLite's limit is 32,766
# Inserts touch random index pages. During large writes SQLite gets a page cache of 128 MB and checkpoints its WAL every
# 20,000 pages, so that a page is written once and not once per row.
LARGE_WRITE_PRAGMAS = {"cache_size": -128_000, "wal_autocheckpoint": 20_000}
Row = tuple[Any, ...]
Value = TypeVar("Value")
Field = models.Field[Any, Any]


@contextmanager
def large_write_settings() -> Iterator[None]:
    """Configures SQLite for large writes while the block runs."""
    if connection.vendor != "sqlite":
        yield
        return
    with connection.cursor() as cursor:
        before = {name: cursor.execute(f"PRAGMA {name}").fetchone()[0] for name in LARGE_WRITE_PRAGMAS}
    _set_pragmas(LARGE_WRITE_PRAGMAS)
    try:
        yield
    finally:
        _set_pragmas(before)


def _set_pragmas(values: dict[str, int]) -> None:
    with connection.cursor() as cursor:
        for name, value in values.items():
            cursor.execute(f"PRAGMA {name} = {value}")


def batches(rows: Iterable[Value], size: int) -> Iterator[list[Value]]:
    """Lists of at most `size` rows."""
    remaining = iter(rows)
    while batch := list(islice(remaining, size)):
        yield batch


def insert(
    model: type[models.Model], columns: list[str], rows: Iterable[Row], *, ignore_conflicts: bool = False
) -> None:
    """Inserts rows with the values of `columns`. Other columns get the database's default."""
    _write(model, columns, rows, "ON CONFLICT DO NOTHING" if ignore_conflicts else "")


def upsert(
    model: type[models.Model], columns: list[str], rows: Iterable[Row], *, unique: Collection[str], update: list[str]
) -> None:
    """Inserts rows. Where the `unique` columns conflict, it sets the `update` columns of the existing row."""
    _write(model, columns, rows, _update_clause(model, unique, update))


def upsert_later(
    model: type[models.Model], columns: list[str], rows: Iterable[Row], *, unique: Collection[str], time: str
) -> None:
    """Inserts rows. Where the `unique` columns conflict, it sets the `time` column if that is earlier."""
    table, [name] = connection.ops.quote_name(model._meta.db_table), _names(_fields(model, [time]))
    _write(model, columns, rows, f"{_update_clause(model, unique, [time])} WHERE {table}.{name} < EXCLUDED.{name}")


def update_rows(model: type[models.Model], columns: list[str], rows: Iterable[Row]) -> None:
    """Sets `columns` of existing rows. Each of `rows` begins with the primary key, followed by the values."""
    fields = _fields(model, [model._meta.pk.name, *columns])
    (key, *names), (given, *values) = _names(fields), _value_columns(len(fields))
    table = connection.ops.quote_name(model._meta.db_table)
    assigned = ", ".join(f"{name} = {value}" for name, value in zip(names, values, strict=True))
    _execute(f"UPDATE {table} SET {assigned} FROM ({{source}}) AS given WHERE {table}.{key} = {given}", fields, rows)


def upsert_computed(
    model: type[models.Model],
    columns: list[str],
    rows: Iterable[Row],
    *,
    unique: Collection[str],
    update: Mapping[str, str],
) -> None:
    """Inserts rows. Where the `unique` columns conflict, it sets each column of `update` to its SQL expression.

    In the expressions, `old` is the existing row and `excluded` the new one.
    """
    table, fields = connection.ops.quote_name(model._meta.db_table), _fields(model, columns)
    assigned = ", ".join(f"{connection.ops.quote_name(name)} = {value}" for name, value in update.items())
    conflict = f"ON CONFLICT ({', '.join(_names(_fields(model, unique)))}) DO UPDATE SET {assigned}"
    _execute(f"INSERT INTO {table} AS old ({', '.join(_names(fields))}) {{source}} {conflict}", fields, rows)


def _update_clause(model: type[models.Model], unique: Iterable[str], update: Iterable[str]) -> str:
    assigned = ", ".join(f"{name} = EXCLUDED.{name}" for name in _names(_fields(model, update)))
    return f"ON CONFLICT ({', '.join(_names(_fields(model, unique)))}) DO UPDATE SET {assigned}"


def find_ids(model: type[models.Model], unique: Collection[str], rows: Collection[Row]) -> dict[Row, int]:
    """The ids of existing rows, by the values of their `unique` columns."""
    return find_values(model, "id", unique, rows)


def find_values(
    model: type[models.Model], column: str, unique: Collection[str], rows: Collection[Row]
) -> dict[Row, Any]:
    """A column of existing rows, by the values of their `unique` columns. Rows where it is null are left out.

    Uses one index look-up per row: without statistics a planner scans the table for a long `IN` over several columns.
    """
    if not rows:
        return {}
    table, names = connection.ops.quote_name(model._meta.db_table), _names(_fields(model, unique))
    columns = _value_columns(len(names))
    is_same = " AND ".join(f"{name} = {column}" for name, column in zip(names, columns, strict=True))
    one = f"({', '.join(['%s'] * len(names))})"
    given = f"(VALUES {', '.join([one] * len(rows))}) AS given"
    with connection.cursor() as cursor:
        found = f"(SELECT {connection.ops.quote_name(column)} FROM {table} WHERE {is_same})"
        cursor.execute(f"SELECT {', '.join(columns)}, {found} FROM {given}", list(chain(*rows)))
        return {tuple(values): value for *values, value in cursor.fetchall() if value is not None}


def _write(model: type[models.Model], columns: list[str], rows: Iterable[Row], conflict: str) -> None:
    table, fields = connection.ops.quote_name(model._meta.db_table), _fields(model, columns)
    _execute(f"INSERT INTO {table} ({', '.join(_names(fields))}) {{source}} {conflict}", fields, rows)


def _execute(statement: str, fields: list[Field], rows: Iterable[Row]) -> None:
    """Runs the statement with the rows as `{source}`, as often as the limit of parameters requires."""
    sources = _with_values if connection.vendor == "sqlite" else _with_arrays
    prepared = _prepared(fields, rows)
    with connection.cursor() as cursor:
        for source, values in sources(fields, prepared) if prepared else ():
            cursor.execute(statement.format(source=source), values)


def _with_values(fields: list[Field], rows: list[list[Any]]) -> Iterator[tuple[str, list[Any]]]:
    """As many rows per statement as possible, because SQLite flushes the full-text index after each statement."""
    one = f"({', '.join(['%s'] * len(fields))})"
    for some in batches(rows, MAX_PARAMETERS // len(fields)):
        yield f"VALUES {', '.join([one] * len(some))}", list(chain(*some))


def _with_arrays(fields: list[Field], rows: list[list[Any]]) -> Iterator[tuple[str, list[Any]]]:
    """One array parameter per column: psycopg and the server are slow to parse tens of thousands of parameters."""
    names, columns = _value_columns(len(fields)), [list(column) for column in zip(*rows, strict=True)]
    # Types without their length: a cast to varchar(n) would truncate, where the table's column raises an error.
    kinds = [str(field.db_type(connection)).partition("(")[0] for field in fields]
    selected, joins, shared = list(names), "", []
    for place, name in enumerate(names):
        if isinstance(fields[place], models.JSONField) and (values := _list_shared(columns[place])):
            given_values = f"unnest(%s::{kinds[place]}[]) WITH ORDINALITY AS {name}s (value, number)"
            joins += f" JOIN {given_values} ON {name}s.number = {name}"
            selected[place] = f"{name}s.value AS {name}"
            columns[place], kinds[place] = _number_objects(columns[place], values), "bigint"
            shared.append(values)
    arrays = ", ".join(f"%s::{kind}[]" for kind in kinds)
    given = f"unnest({arrays}) AS given ({', '.join(names)})"
    yield f"SELECT {', '.join(selected)} FROM {given}{joins}", [*columns, *shared]


def _list_shared(column: list[Any]) -> list[Any]:
    """The distinct objects if rows share most of them. Each is sent once, because psycopg quotes JSON slowly."""
    distinct = list({id(value): value for value in column}.values())
    return distinct if 2 * len(distinct) < len(column) else []


def _number_objects(column: list[Any], distinct: list[Any]) -> list[int]:
    numbers = {id(value): number for number, value in enumerate(distinct, 1)}
    return [numbers[id(value)] for value in column]


def _value_columns(count: int) -> list[str]:
    """The names that both databases give to the columns of VALUES."""
    return [f"column{place}" for place in range(1, count + 1)]


def _prepared(fields: list[Field], rows: Iterable[Row]) -> list[list[Any]]:
    """The rows with converted values."""
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
            # Times and prices repeat, so their conversions are cached; JSON values are not hashable.
            yield place, _cache_by_identity(convert) if isinstance(field, models.JSONField) else lru_cache(convert)


def _cache_by_identity(convert: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """Converts an object that several rows share once. It is kept, so that no other object gets its id."""
    converted: dict[int, Any] = {}

    def convert_once(value: Any) -> Any:
        if id(value) not in converted:
            converted[id(value)] = convert(value), value
        return converted[id(value)][0]

    return convert_once


def _fields(model: type[models.Model], names: Iterable[str]) -> list[Field]:
    return [field for field in map(model._meta.get_field, names) if isinstance(field, models.Field)]


def _names(fields: list[Field]) -> list[str]:
    return [connection.ops.quote_name(field.column) for field in fields]
