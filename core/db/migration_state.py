"""Recognises a database that lacks migrations. manage.py imports this before Django, so it imports nothing."""

POSTGRESQL_CODES = {"42P01", "42703"}  # undefined table, undefined column
SQLITE_MESSAGES = ("no such table", "no such column")  # SQLite has no error code for these


def lacks_migrations(error: BaseException) -> bool:
    return getattr(error.__cause__, "sqlstate", None) in POSTGRESQL_CODES or str(error).startswith(SQLITE_MESSAGES)
