"""A system check of the database: the server must cancel a statement before the service stops waiting for it."""

from typing import Any

from django.core import checks
from django.db.backends.base.validation import BaseDatabaseValidation

LIMIT = "SELECT setting::integer FROM pg_settings WHERE name = 'statement_timeout'"  # milliseconds; 0 means no limit


class DatabaseValidation(BaseDatabaseValidation):
    """Runs with `check --database default`, and before `migrate`."""

    def check(self, **options: Any) -> list[checks.CheckMessage]:
        seconds = self.connection.settings_dict["OPTIONS"].get("response_seconds")
        if seconds is None:
            return []
        with self.connection.cursor() as cursor:
            cursor.execute(LIMIT)
            [milliseconds] = cursor.fetchone()
        if 0 < milliseconds < seconds * 1000:
            return []
        message = (
            f"statement_timeout is {milliseconds / 1000:g} s in the database (0: no limit), but the service waits only "
            f"{seconds} s for a response. A statement may continue after its request has failed."
        )
        hint = "Run ALTER ROLE … SET statement_timeout, and set DB_STATEMENT_TIMEOUT to the same number of seconds."
        return [checks.Warning(message, hint=hint, id="config.W002")]
