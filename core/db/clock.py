"""The clock of the database. Values that several hosts compare use it, because the clocks of hosts differ."""

from django.db import connection

# By database: the seconds since 1970, constant within a statement.
EPOCH_SECONDS = {
    "postgresql": "extract(epoch FROM statement_timestamp())::double precision",
    "sqlite": "(julianday('now') - 2440587.5) * 86400",
}


def read_time() -> float:
    """The seconds since 1970 at the start of this statement."""
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {EPOCH_SECONDS[connection.vendor]}")
        return float(cursor.fetchone()[0])
