"""`manage.py rebuild_price_summaries`: derives price changes and summaries from the observations again."""

from typing import Any

from django.core.management.base import BaseCommand

from books.prices.summaries import rebuild_all_summaries
from core.db.bulk import large_write_settings


class Command(BaseCommand):
    help = (
        "Derives the price changes and the price summaries of books from the observations again. Crawls and price "
        "reviews maintain them, so that this is needed only after a manual repair of the database."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        with large_write_settings():
            count = rebuild_all_summaries()
        self.stdout.write(f"{count:,} books were corrected.")
