"""Run in the shell of an installation: prints the answers to QUERIES, with FEW as the border between two ways."""

import json

from books.ingest import ingest
from books.models import Book
from books.records import BookRecord
from books.search import titles as finding
from core.pagination import access_path as walking
from core.text import fold
from tests.fakes.shop.catalogue import read_books

QUERIES: list[str] = globals()["QUERIES"]
walking.FEW = globals()["FEW"]
ingest(BookRecord(source="books_to_scrape", source_key=book.upc, title=book.title) for book in read_books())


def answer(text: str) -> list[str]:
    if len(fold(text)) < finding.FEWEST_LETTERS:
        return []
    hits = finding.best_first(Book.objects.all(), text)
    keys = hits.keys(0, 30)
    rows = Book.objects.in_bulk(keys)
    return [rows[key].source_key for key in keys]


print(json.dumps([answer(text) for text in QUERIES]))  # noqa: T201  what the caller reads
