"""Bulk inserts and upserts.

`bulk_create` spends several times as long on composing its statements as the database spends on running them.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from itertools import chain
from typing import Any

from django.db import connection, models

from core.db.row_sources import Field, Group, Row, Source, make_group_sources, make_sources, name_columns

# Inserts touch random index pages. During large writes SQLite gets a page cache of 128 MB and checkpoints its WAL every
# 20,000 pages, so that a page is written once and not once per row.
LARGE_WRITE_PRAGMAS = {"cache_size": -128_000, "wal_autocheckpoint": 20_000}
IGNORE_CONFLICTS = "ON CONFLICT DO NOTHING"


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


def insert(
    model: type[models.Model], columns: list[str], rows: Iterable[Row], *, ignore_conflicts: bool = False
) -> None:
    """Inserts rows with the values of `columns`. Other columns get the database's default."""
    _write(model, columns, rows, IGNORE_CONFLICTS if ignore_conflicts else "")


def insert_groups(
    model: type[models.Model],
    columns: list[str],
    shared: list[str],
    groups: Iterable[Group],
    *,
    ignore_conflicts: bool = False,
) -> None:
    """Inserts rows in groups. The rows of a group have the same values in the `shared` columns."""
    own, of_groups = _fields(model, columns), _fields(model, shared)
    sources = make_group_sources(own, of_groups, groups)
    _execute(_insert_statement(model, [*own, *of_groups], IGNORE_CONFLICTS if ignore_conflicts else ""), sources)


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
    """Sets `columns` of existing rows. Each of `rows` starts with the primary key, followed by the values."""
    fields = _fields(model, [model._meta.pk.name, *columns])
    _execute(_update_statement(model, fields), make_sources(fields, rows))


def update_groups(model: type[models.Model], columns: list[str], groups: Iterable[tuple[Row, Iterable[int]]]) -> None:
    """Sets `columns` of existing rows that get the same values. Each group has the values, and its primary keys."""
    [key], values = _fields(model, [model._meta.pk.name]), _fields(model, columns)
    with_rows = ((given, [(each,) for each in keys]) for given, keys in groups)
    _execute(_update_statement(model, [key, *values]), make_group_sources([key], values, with_rows))


def _update_statement(model: type[models.Model], fields: list[Field]) -> str:
    """The first field is the primary key."""
    (key, *names), (given, *values) = _names(fields), name_columns(len(fields))
    table = connection.ops.quote_name(model._meta.db_table)
    assigned = ", ".join(f"{name} = {value}" for name, value in zip(names, values, strict=True))
    return f"UPDATE {table} SET {assigned} FROM ({{source}}) AS given WHERE {table}.{key} = {given}"


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
    _execute(
        f"INSERT INTO {table} AS old ({', '.join(_names(fields))}) {{source}} {conflict}", make_sources(fields, rows)
    )


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
    columns = name_columns(len(names))
    is_same = " AND ".join(f"{name} = {column}" for name, column in zip(names, columns, strict=True))
    one = f"({', '.join(['%s'] * len(names))})"
    given = f"(VALUES {', '.join([one] * len(rows))}) AS given"
    with connection.cursor() as cursor:
        found = f"(SELECT {connection.ops.quote_name(column)} FROM {table} WHERE {is_same})"
        cursor.execute(f"SELECT {', '.join(columns)}, {found} FROM {given}", list(chain(*rows)))
        return {tuple(values): value for *values, value in cursor.fetchall() if value is not None}


def _write(model: type[models.Model], columns: list[str], rows: Iterable[Row], conflict: str) -> None:
    fields = _fields(model, columns)
    _execute(_insert_statement(model, fields, conflict), make_sources(fields, rows))


def _insert_statement(model: type[models.Model], fields: list[Field], conflict: str) -> str:
    table = connection.ops.quote_name(model._meta.db_table)
    return f"INSERT INTO {table} ({', '.join(_names(fields))}) {{source}} {conflict}"


def _execute(statement: str, sources: Iterable[Source]) -> None:
    """Runs the statement with each of the sources as `{source}`."""
    with connection.cursor() as cursor:
        for source, parameters in sources:
            cursor.execute(statement.format(source=source), parameters)


def _fields(model: type[models.Model], names: Iterable[str]) -> list[Field]:
    return [field for field in map(model._meta.get_field, names) if isinstance(field, models.Field)]


def _names(fields: list[Field]) -> list[str]:
    return [connection.ops.quote_name(field.column) for field in fields]
