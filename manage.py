#!/usr/bin/env python
"""Django's command line for Colophon."""

import os
import sys

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.management import execute_from_command_line
from django.db import OperationalError, ProgrammingError

from core.db.migration_state import lacks_migrations


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    os.environ["DB_POOL_SIZE"] = "0"  # a command needs one connection, and to know at once why it has none
    try:
        settings.INSTALLED_APPS  # noqa: B018  reads the settings now, so that a wrong one is told in one line
    except ImproperlyConfigured as error:
        sys.exit(f"Configuration error: {error}")
    try:
        execute_from_command_line(sys.argv)
    except (OperationalError, ProgrammingError) as error:
        way_out = what_to_do(error)
        if not way_out or "--traceback" in sys.argv:
            raise
        sys.exit(f"The database cannot be used: {str(error).splitlines()[0].rstrip('.')}. {way_out}")


def what_to_do(error: Exception) -> str:
    """The next step, in a sentence; empty where the error is a mistake of ours."""
    if lacks_migrations(error):
        return "Run: python manage.py migrate"
    return "DATABASE_URL or DB_HOST chooses another." if isinstance(error, OperationalError) else ""


if __name__ == "__main__":
    main()
