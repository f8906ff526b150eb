"""What an error of the database means to a client, and how the service gets over it."""

import logging
from http import HTTPStatus

from django.db import InterfaceError, OperationalError, ProgrammingError, connection
from rest_framework.exceptions import APIException

from core.db.migration_state import lacks_migrations

logger = logging.getLogger(__name__)

Failure = OperationalError | InterfaceError | ProgrammingError


class DatabaseUnavailable(APIException):
    status_code = HTTPStatus.SERVICE_UNAVAILABLE
    default_detail = "The database cannot answer just now. Try again in a few seconds."
    default_code = "database_unavailable"


class NotMigrated(APIException):
    status_code = HTTPStatus.SERVICE_UNAVAILABLE
    default_detail = "The database lacks migrations. Run: python manage.py migrate"
    default_code = "not_migrated"


def meaning(error: BaseException | None) -> APIException | None:
    """What to answer; None where the error is a mistake of ours."""
    if not isinstance(error, Failure):
        return None
    if lacks_migrations(error):
        return NotMigrated()
    if isinstance(error, ProgrammingError):
        return None
    logger.error("The database cannot answer: %s", error)
    replace_lost_connections()
    return DatabaseUnavailable()


def replace_lost_connections() -> None:
    """Lets a server's restart cost one request, not one for each pooled connection.

    To ask before each use whether a connection still stands (CONN_HEALTH_CHECKS) would take a fifth of a small read.
    """
    pool = getattr(connection, "pool", None)
    if pool is not None:
        pool.check()
