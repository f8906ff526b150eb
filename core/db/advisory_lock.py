"""Locks between processes, held by name. On PostgreSQL they hold for all hosts, on SQLite for this machine."""

import time
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from django.conf import settings
from django.core.files import locks
from django.db import DEFAULT_DB_ALIAS, DatabaseError, InterfaceError, connection, connections

POLL_SECONDS = 0.5


@contextmanager
def hold_lock(name: str) -> Iterator[None]:
    """Waits until no other process holds the lock, and holds it during the block."""
    while True:
        with try_lock(name) as is_held:
            if is_held:
                yield
                return
        time.sleep(POLL_SECONDS)


@contextmanager
def try_lock(name: str) -> Iterator[bool]:
    """Holds the lock during the block if no other process holds it. Yields whether it is held.

    A process that dies releases the lock.
    """
    lock = _lock_in_postgresql if connection.vendor == "postgresql" else _lock_file
    with lock(name) as is_held:
        yield is_held


@contextmanager
def _lock_in_postgresql(name: str) -> Iterator[bool]:
    """Locks in a transaction of a connection of its own, which also works behind PgBouncer in transaction mode.

    The rollback releases the lock before the block is left. Closing the connection alone releases it some time later.
    """
    lock_connection = connections.create_connection(DEFAULT_DB_ALIAS)
    options = {**lock_connection.settings_dict["OPTIONS"], "pool": None}
    lock_connection.settings_dict = {**lock_connection.settings_dict, "OPTIONS": options}
    try:
        lock_connection.set_autocommit(False)
        with lock_connection.cursor() as cursor:
            cursor.execute("SET LOCAL idle_in_transaction_session_timeout = 0")
            cursor.execute("SELECT pg_try_advisory_xact_lock(hashtextextended(%s, 0))", [f"colophon {name}"])
            is_held: bool = cursor.fetchone()[0]
        yield is_held
    finally:
        with suppress(DatabaseError, InterfaceError):  # a lost connection holds no lock
            lock_connection.rollback()
        lock_connection.close()


@contextmanager
def _lock_file(name: str) -> Iterator[bool]:
    database = zlib.crc32(str(connection.settings_dict["NAME"]).encode())
    path = settings.VAR_DIR / f"{name}-{database:08x}.lock"
    with path.open("w", encoding="ascii") as file:
        yield locks.lock(file, locks.LOCK_EX | locks.LOCK_NB)
