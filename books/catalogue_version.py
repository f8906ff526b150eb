"""The catalogue version: a random number that database triggers change with every write, in the writer's transaction.

A response cached under the current version is still valid. Versions are random and never reused, so that restoring a
backup cannot bring an old one back.
"""

from collections.abc import Iterator

from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper

TABLE = "books_catalogue_stamp"
TRACKED_TABLES = (
    "books_book",
    "books_author",
    "books_authorship",
    "books_category",
    "books_priceobservation",
    "books_heldprice",
    "books_lastcheck",
)
EVENTS = ("insert", "update", "delete")
SELECT_VERSION = f"SELECT stamp FROM {TABLE}"
RANDOM = "(random() * 9000000000000000000)::bigint"  # PostgreSQL
INSERT_FIRST = f"INSERT INTO {TABLE} VALUES (true, {RANDOM}) ON CONFLICT DO NOTHING"


def read() -> int | None:
    """The current version; None if the row is missing, so that nothing may be cached."""
    with connection.cursor() as cursor:
        cursor.execute(SELECT_VERSION)
        row = cursor.fetchone()
        return int(row[0]) if row else None


def install(database: BaseDatabaseWrapper) -> None:
    """Creates missing parts. SQLite drops a table's triggers when a migration recreates the table."""
    statements = _sqlite_statements if database.vendor == "sqlite" else _postgresql_statements
    with database.cursor() as cursor:
        for statement in statements(_find_tracked_tables(database)):
            cursor.execute(statement)


def restore(database: BaseDatabaseWrapper) -> None:
    """Recreates parts that a later migration may have dropped: the triggers on SQLite, the row on PostgreSQL."""
    tables = _find_tracked_tables(database)
    for statement in _sqlite_statements(tables) if database.vendor == "sqlite" else [INSERT_FIRST]:
        with database.cursor() as cursor:
            cursor.execute(statement)


def remove(database: BaseDatabaseWrapper) -> None:
    with database.cursor() as cursor:
        for table in TRACKED_TABLES:
            suffix = "" if database.vendor == "sqlite" else f" ON {table}"
            for event in (*EVENTS, "change", "truncate"):
                cursor.execute(f"DROP TRIGGER IF EXISTS {table}_stamp_{event}{suffix}")
        if database.vendor == "postgresql":
            cursor.execute("DROP FUNCTION IF EXISTS books_stamp_catalogue()")
        cursor.execute(f"DROP TABLE IF EXISTS {TABLE}")


def is_installed(database: BaseDatabaseWrapper) -> bool:
    return TABLE in database.introspection.table_names()


def _find_tracked_tables(database: BaseDatabaseWrapper) -> list[str]:
    """Those that exist: later migrations create some of them."""
    existing = set(database.introspection.table_names())
    return [table for table in TRACKED_TABLES if table in existing]


def _sqlite_statements(tables: list[str]) -> Iterator[str]:
    columns = "only_row INTEGER PRIMARY KEY CHECK (only_row = 1), stamp INTEGER NOT NULL"
    yield f"CREATE TABLE IF NOT EXISTS {TABLE} ({columns})"
    yield f"INSERT OR REPLACE INTO {TABLE} VALUES (1, random())"
    change = f"UPDATE {TABLE} SET stamp = random();"
    for table in tables:
        for event in EVENTS:
            name = f"{table}_stamp_{event}"
            yield f"CREATE TRIGGER IF NOT EXISTS {name} AFTER {event} ON {table} BEGIN {change} END"


def _postgresql_statements(tables: list[str]) -> Iterator[str]:
    columns = "only_row boolean PRIMARY KEY CHECK (only_row), stamp bigint NOT NULL"
    yield f"CREATE TABLE IF NOT EXISTS {TABLE} ({columns})"
    yield INSERT_FIRST
    # Deferred to the commit, so that no transaction holds this row's lock while it waits for another lock. It runs
    # once per transaction, which a transaction-local setting records.
    yield (
        "CREATE OR REPLACE FUNCTION books_stamp_catalogue() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        "IF coalesce(current_setting('colophon.stamped', true), '') = '' THEN "
        f"UPDATE {TABLE} SET stamp = {RANDOM}; PERFORM set_config('colophon.stamped', 'yes', true); "
        "END IF; RETURN NULL; END $$"
    )
    for table in tables:
        yield f"DROP TRIGGER IF EXISTS {table}_stamp_change ON {table}"
        yield (
            f"CREATE CONSTRAINT TRIGGER {table}_stamp_change AFTER INSERT OR UPDATE OR DELETE ON {table} "
            "DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION books_stamp_catalogue()"
        )
        yield f"DROP TRIGGER IF EXISTS {table}_stamp_truncate ON {table}"
        yield (
            f"CREATE TRIGGER {table}_stamp_truncate AFTER TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION books_stamp_catalogue()"
        )
