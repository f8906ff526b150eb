"""`manage.py accept_secret_key`: after a change of SECRET_KEY on all hosts."""

from typing import Any

from django.core.management.base import BaseCommand

from core.secret_key import accept_secret_key


class Command(BaseCommand):
    help = (
        "Makes the SECRET_KEY of this host the one that all hosts of the database must have. Run it once after the key "
        "was changed or lost. Sessions and cursors that were signed with the old key become invalid."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        accept_secret_key()
        self.stdout.write("The SECRET_KEY of this host is accepted. Restart the web servers and workers of all hosts.")
