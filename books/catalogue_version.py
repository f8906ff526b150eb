"""A stamp on the catalogue that every write changes, in the writer's own transaction, by triggers of the database.

Whoever has an answer made under the stamp of now has the answer of now. It is a random number, never used again:
also not when a backup is put back.
"""

from collections.abc import Iterator

from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper

TABLE = "books_catalogue_stamp"
# What the catalogue's answers are made of
STAMPED = ("books_book", "books_author", "books_authorship", "books_category", "books_priceobservation")
EVENTS = ("insert", "update", "delete")
READ_BEFORE = "colophon.stamp"  # where a request has the stamp that was read for it
READ = f"SELECT stamp FROM {TABLE}"
RANDOM = "(random() * 9000000000000000000)::bigint"  # PostgreSQL's
FIRST_STAMP = f"INSERT INTO {TABLE} VALUES (true, {RANDOM}) ON CONFLICT DO NOTHING"


def read() -> int | None:
    """None where there is none, as after a repair by hand: then nothing tells what still holds."""
    with connection.cursor() as cursor:
        cursor.execute(READ)
        row = cursor.fetchone()
        return int(row[0]) if row else None


def install(database: BaseDatabaseWrapper) -> None:
    """Makes what is missing. On SQLite a table loses its triggers whenever a migration makes it anew."""
    make = _on_sqlite if database.vendor == "sqlite" else _on_postgresql
    with database.cursor() as cursor:
        for statement in make():
            cursor.execute(statement)


def put_back(database: BaseDatabaseWrapper) -> None:
    """What may have been lost since the migration: on SQLite the triggers, elsewhere the row."""
    for statement in _on_sqlite() if database.vendor == "sqlite" else [FIRST_STAMP]:
        with database.cursor() as cursor:
            cursor.execute(statement)


def remove(database: BaseDatabaseWrapper) -> None:
    with database.cursor() as cursor:
        for table in STAMPED:
            on = "" if database.vendor == "sqlite" else f" ON {table}"
            for event in (*EVENTS, "change", "truncate"):
                cursor.execute(f"DROP TRIGGER IF EXISTS {table}_stamp_{event}{on}")
        if database.vendor == "postgresql":
            cursor.execute("DROP FUNCTION IF EXISTS books_stamp_catalogue()")
        cursor.execute(f"DROP TABLE IF EXISTS {TABLE}")


def is_installed(database: BaseDatabaseWrapper) -> bool:
    return TABLE in database.introspection.table_names()


def _on_sqlite() -> Iterator[str]:
    columns = "only_row INTEGER PRIMARY KEY CHECK (only_row = 1), stamp INTEGER NOT NULL"
    yield f"CREATE TABLE IF NOT EXISTS {TABLE} ({columns})"
    yield f"INSERT OR REPLACE INTO {TABLE} VALUES (1, random())"
    change = f"UPDATE {TABLE} SET stamp = random();"
    for table in STAMPED:
        for event in EVENTS:
            name = f"{table}_stamp_{event}"
            yield f"CREATE TRIGGER IF NOT EXISTS {name} AFTER {event} ON {table} BEGIN {change} END"


def _on_postgresql() -> Iterator[str]:
    columns = "only_row boolean PRIMARY KEY CHECK (only_row), stamp bigint NOT NULL"
    yield f"CREATE TABLE IF NOT EXISTS {TABLE} ({columns})"
    yield FIRST_STAMP
    # At the commit, so that nobody holds this row while he waits for another; and once in a transaction, which a
    # setting remembers that ends with it.
    yield (
        "CREATE OR REPLACE FUNCTION books_stamp_catalogue() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        "IF coalesce(current_setting('colophon.stamped', true), '') = '' THEN "
        f"UPDATE {TABLE} SET stamp = {RANDOM}; PERFORM set_config('colophon.stamped', 'yes', true); "
        "END IF; RETURN NULL; END $$"
    )
    for table in STAMPED:
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
