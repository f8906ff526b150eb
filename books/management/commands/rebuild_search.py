"""`manage.py rebuild_search`: creates the search index again."""

from typing import Any

from django.core.management.base import BaseCommand
from django.db import connection, transaction

from books.search import trigram_index


class Command(BaseCommand):
    help = (
        "Creates the search index of titles and author names again from the rows. The database maintains the index, so "
        "that this is needed only after a manual repair of the database."
    )

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        trigram_index.rebuild(connection)
        self.stdout.write("The search index was rebuilt.")
