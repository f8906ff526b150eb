"""How a database without the latest migrations shows itself. Imports nothing: the command line starts with it."""

UNDEFINED = {"42P01", "42703"}  # PostgreSQL's codes for a table and a column that are not there
NO_SUCH = ("no such table", "no such column")  # SQLite has no code for it


def lacks_migrations(error: BaseException) -> bool:
    return getattr(error.__cause__, "sqlstate", None) in UNDEFINED or str(error).startswith(NO_SUCH)
