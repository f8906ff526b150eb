"""Django's `migrate`, made safe for several hosts that start at the same time."""

from typing import Any

from django.core.management.commands import migrate

from core.db.advisory_lock import hold_lock


class Command(migrate.Command):
    def handle(self, *args: Any, **options: Any) -> None:
        """One process migrates; the others wait, and then find nothing to do."""
        with hold_lock("migrate"):
            super().handle(*args, **options)
