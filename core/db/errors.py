"""Maps database errors to API errors."""

import logging
from http import HTTPStatus

from django.db import InterfaceError, OperationalError, ProgrammingError, connection
from rest_framework.exceptions import APIException

from core.db.migration_state import lacks_migrations

logger = logging.getLogger(__name__)

DatabaseFailure = OperationalError | InterfaceError | ProgrammingError


class DatabaseUnavailable(APIException):
    status_code = HTTPStatus.SERVICE_UNAVAILABLE
    default_detail = "The database is unavailable. Try again in a few seconds."
    default_code = "database_unavailable"


class NotMigrated(APIException):
    status_code = HTTPStatus.SERVICE_UNAVAILABLE
    default_detail = "The database lacks migrations. Run: python manage.py migrate"
    default_code = "not_migrated"


def to_api_exception(error: BaseException | None) -> APIException | None:
    """Returns a 503 error, or None if the error is a programming mistake."""
    if not isinstance(error, DatabaseFailure):
        return None
    if lacks_migrations(error):
        return NotMigrated()
    if isinstance(error, ProgrammingError):
        return None
    logger.error("The database is unavailable: %s", error)
    replace_lost_connections()
    return DatabaseUnavailable()


def replace_lost_connections() -> None:
    """Checks the pool, so that a restart of the server fails one request and not one per pooled connection.

    Checking before each use (CONN_HEALTH_CHECKS) would add a fifth to the time of a small read.
    """
    pool = getattr(connection, "pool", None)
    if pool is not None:
        pool.check()
