"""Books to measure with: run inside of Django, by `manage.py shell`."""

import json
import random
import resource
import time
from collections import deque
from collections.abc import Iterator
from decimal import Decimal
from itertools import accumulate

from benchmarks.vocabulary import WORDS, vocabulary
from books.ingest import ingest
from books.records import AuthorRecord, BookRecord
from tests.fakes.shop.catalogue import ShopBook, read_books

AUTHORS, CATEGORIES = 50_000, 50


def fill() -> None:
    """The 1,000 books of the project's own shop."""
    ingest(map(record, read_books()))


def record(book: ShopBook) -> BookRecord:
    return BookRecord(
        source="books_to_scrape", source_key=book.upc, upc=book.upc, title=book.title, category=book.category,
        price=Decimal(book.price), currency="GBP", in_stock=book.stock > 0, stock=book.stock, rating=book.rating,
        description=book.description,
    )  # fmt: skip


def measured(count: int) -> None:
    """Writes so many generated books, and prints how fast, as JSON: `rate` a second, `peak_mb` resident."""
    started = time.perf_counter()
    deque(generated(count), maxlen=0)
    made = time.perf_counter()
    ingest(generated(count))
    seconds = time.perf_counter() - made - (made - started)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"rate": count / seconds, "peak_mb": peak}))


def generated(count: int) -> Iterator[BookRecord]:
    """So many books, always the same ones: three of four as a shop has them, the fourth as Open Library does.

    How often a word stands in titles falls with its rank, as in a language: of a million books the first words are in
    hundreds of thousands, most words in fewer than a hundred.
    """
    chance = random.Random("books")
    words = vocabulary()
    frequency = list(accumulate(1 / rank for rank in range(1, WORDS + 1)))
    for number in range(count):
        picked = chance.choices(words, cum_weights=frequency, k=chance.randint(2, 6))
        title = " ".join(picked).capitalize()
        yield from_library(chance, number, title) if number % 4 == 3 else from_shop(chance, number, title, words)


def from_shop(chance: random.Random, number: int, title: str, words: list[str]) -> BookRecord:
    stock = chance.randrange(23)
    return BookRecord(
        source="books_to_scrape", source_key=f"{number:016x}", upc=f"{number:016x}", title=title,
        category=f"Category {number % CATEGORIES}", price=Decimal(chance.randint(100, 9_999)) / 100, currency="GBP",
        in_stock=stock > 0, stock=stock, rating=chance.randint(1, 5), description=" ".join(chance.choices(words, k=40)),
        cover_url=f"https://shop.example/media/{number}.jpg", product_url=f"https://shop.example/catalogue/{number}",
    )  # fmt: skip


def from_library(chance: random.Random, number: int, title: str) -> BookRecord:
    author = chance.randrange(AUTHORS)
    return BookRecord(
        source="open_library", source_key=f"OL{number}W", work_key=f"OL{number}W", title=title,
        first_publish_year=chance.randint(1800, 2026), languages=("eng",),
        authors=(AuthorRecord(f"OL{author}A", f"Author {author}"),),
    )  # fmt: skip
