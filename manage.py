#!/usr/bin/env python
"""Django's command line for Colophon."""

import os
import sys

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.management import execute_from_command_line
from django.db import OperationalError, ProgrammingError

from core.db.migration_state import lacks_migrations

# These write parts of the program. Files of the other commands contain data, and are for their owner only.
WRITE_PROGRAM_FILES = {"collectstatic", "makemigrations", "optimizemigration", "spectacular", "squashmigrations"}


def main() -> None:
    if not WRITE_PROGRAM_FILES.intersection(sys.argv[1:2]):
        os.umask(0o077)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    os.environ["DB_POOL_SIZE"] = "0"  # a command needs one connection, and its errors at once
    try:
        settings.INSTALLED_APPS  # noqa: B018  loads the settings, to report an invalid one in one line
    except ImproperlyConfigured as error:
        sys.exit(f"Configuration error: {error}")
    try:
        execute_from_command_line(sys.argv)
    except (OperationalError, ProgrammingError) as error:
        next_step = suggest_next_step(error)
        if not next_step or "--traceback" in sys.argv:
            raise
        sys.exit(f"The database cannot be used: {str(error).splitlines()[0].rstrip('.')}. {next_step}")


def suggest_next_step(error: Exception) -> str:
    """A sentence; empty if the error is a programming mistake."""
    if lacks_migrations(error):
        return "Run: python manage.py migrate"
    return "DATABASE_URL or DB_HOST chooses another." if isinstance(error, OperationalError) else ""


if __name__ == "__main__":
    main()
