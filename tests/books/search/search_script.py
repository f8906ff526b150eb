"""Run in the shell of an installation: prints the ranked search results for QUERIES as JSON.

MAX_SORTED is the number of hits up to which they are sorted in memory.
"""

import json

from books.ingest import ingest
from books.models import Book
from books.records import BookRecord
from books.search import titles
from core.text import fold
from tests.fakes.shop.catalogue import read_books

QUERIES: list[str] = globals()["QUERIES"]
MAX_SORTED: int = globals()["MAX_SORTED"]
ingest(BookRecord(source="books_to_scrape", source_key=book.upc, title=book.title) for book in read_books())


def search(text: str) -> list[str]:
    if len(fold(text)) < titles.MIN_LETTERS:
        return []
    keys = titles.rank_by_title(Book.objects.all(), text, max_sorted=MAX_SORTED).keys(0, 30)
    books = Book.objects.in_bulk(keys)
    return [books[key].source_key for key in keys]


print(json.dumps([search(text) for text in QUERIES]))  # noqa: T201  the test reads it
