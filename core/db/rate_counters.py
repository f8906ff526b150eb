"""Counters of attempts in the database: one row for each key, which holds its current window.

The database decides in one statement whether an attempt is within the limit: simultaneous attempts of a key wait for
each other, and none is lost. The time is the database's, because the clocks of several hosts differ.
"""

from typing import Any

from django.db import connection

from core.db.clock import EPOCH_SECONDS
from core.models import RateCounter

MAX_REMOVED = 20  # expired rows that the start of one window removes

# By database: what keeps two deletions off the same rows.
SKIP_LOCKED = {"postgresql": "FOR UPDATE SKIP LOCKED", "sqlite": ""}

# Returns a row if the attempt was counted. A rejected attempt changes nothing, so a flood of them stays cheap.
COUNT = """
INSERT INTO {table} AS counter (key, attempts, expires_at) VALUES (%(key)s, 1, {now} + %(seconds)s)
ON CONFLICT (key) DO UPDATE SET
    attempts = CASE WHEN counter.expires_at <= {now} THEN 1 ELSE counter.attempts + 1 END,
    expires_at = CASE WHEN counter.expires_at <= {now} THEN excluded.expires_at ELSE counter.expires_at END
WHERE counter.attempts < %(limit)s OR counter.expires_at <= {now}
RETURNING attempts
"""
READ_REMAINING = "SELECT expires_at - {now} FROM {table} WHERE key = %(key)s"
# Materialized, because PostgreSQL may run a subquery of IN for each row, and then the limit holds for each of them.
REMOVE_EXPIRED = """
WITH expired AS MATERIALIZED (SELECT key FROM {table} WHERE expires_at <= {now} LIMIT %(maximum)s {skip_locked})
DELETE FROM {table} WHERE key IN (SELECT key FROM expired)
"""


def count_attempt(key: str, *, limit: int, seconds: int) -> float | None:
    """Counts an attempt of `key`. Returns None if it is within the limit, else the seconds until its window ends.

    A window starts with the first attempt and lasts `seconds`. The count is committed at once, unless the caller has
    opened a transaction: its rollback would undo the count.
    """
    parameters = {"key": key, "limit": limit, "seconds": seconds}
    if counted := execute(COUNT, parameters):
        if counted[0] == 1:
            execute(REMOVE_EXPIRED, {"maximum": MAX_REMOVED})
        return None
    remaining = execute(READ_REMAINING, parameters)
    return max(remaining[0], 0) if remaining else 0  # the row may have expired or been removed since


def execute(statement: str, parameters: dict[str, Any]) -> tuple[Any, ...] | None:
    """Runs a statement; returns its first row, if it has any."""
    vendor = connection.vendor
    sql = statement.format(table=RateCounter._meta.db_table, now=EPOCH_SECONDS[vendor], skip_locked=SKIP_LOCKED[vendor])
    with connection.cursor() as cursor:
        cursor.execute(sql, parameters)
        rows = cursor.fetchall() if cursor.description else []  # all: SQLite commits after the last one
    return rows[0] if rows else None
