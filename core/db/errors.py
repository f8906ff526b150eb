"""Maps database errors to API errors."""

import logging
from http import HTTPStatus

from django.db import Error, InterfaceError, OperationalError, connection
from rest_framework.exceptions import APIException

from core.db.migration_state import lacks_migrations

logger = logging.getLogger(__name__)


class DatabaseUnavailable(APIException):
    status_code = HTTPStatus.SERVICE_UNAVAILABLE
    default_detail = "The database is unavailable. Try again in a few seconds."
    default_code = "database_unavailable"


class NotMigrated(APIException):
    status_code = HTTPStatus.SERVICE_UNAVAILABLE
    default_detail = "The database lacks migrations. Run: python manage.py migrate"
    default_code = "not_migrated"


def to_api_exception(error: Error) -> APIException | None:
    """Returns a 503 error, or None if the error is a programming mistake."""
    if lacks_migrations(error):
        return NotMigrated()
    if not isinstance(error, OperationalError | InterfaceError):
        return None
    if not getattr(error.__cause__, "is_known_outage", False):  # the first failed request has reported it
        logger.error("The database is unavailable: %s", error)
        replace_lost_connections()
    return DatabaseUnavailable()


def replace_lost_connections() -> None:
    """On PostgreSQL, so that a restart of the server fails one request and not one per pooled connection."""
    replace = getattr(connection, "replace_lost_connections", None)
    if replace is not None:
        replace()
