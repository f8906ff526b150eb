"""`manage.py rebuild_search`: makes the search index anew."""

from typing import Any

from django.core.management.base import BaseCommand
from django.db import connection, transaction

from books.search import trigram_index as words


class Command(BaseCommand):
    help = (
        "Makes the index of the words in titles and names anew from the rows. The database keeps it up by itself: this "
        "is for after a repair of the database by hand."
    )

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        words.rebuild(connection)
        self.stdout.write("The search index was made anew.")
