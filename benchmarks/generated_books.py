"""Generated books for the benchmarks. Runs inside of Django, through `manage.py shell`."""

import json
import random
import resource
import time
from collections import deque
from collections.abc import Iterator
from decimal import Decimal
from itertools import accumulate

from benchmarks.vocabulary import WORDS, generate_vocabulary
from books.availability import from_in_stock
from books.ingest import ingest
from books.records import AuthorRecord, BookRecord

AUTHORS, CATEGORIES = 50_000, 50


def ingest_generated_books(count: int) -> None:
    """Prints as JSON: `rate`, the books per second without their generation, and `peak_mb`, the resident memory."""
    start = time.perf_counter()
    deque(generate_books(count), maxlen=0)
    generated = time.perf_counter()
    ingest(generate_books(count))
    seconds = time.perf_counter() - generated - (generated - start)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"rate": count / seconds, "peak_mb": peak}))


def generate_books(count: int) -> Iterator[BookRecord]:
    """Always the same books: three of four like those of a shop, the fourth like one of Open Library.

    The frequency of a word in titles is inversely proportional to its rank, as in a language: of a million books, the
    first words occur in hundreds of thousands, and most words in fewer than a hundred.
    """
    random_source = random.Random("books")
    words = generate_vocabulary()
    frequencies = list(accumulate(1 / rank for rank in range(1, WORDS + 1)))
    for number in range(count):
        title_words = random_source.choices(words, cum_weights=frequencies, k=random_source.randint(2, 6))
        title = " ".join(title_words).capitalize()
        if number % 4 == 3:
            yield generate_library_book(random_source, number, title)
        else:
            yield generate_shop_book(random_source, number, title, words)


def generate_shop_book(random_source: random.Random, number: int, title: str, words: list[str]) -> BookRecord:
    stock = random_source.randrange(23)
    return BookRecord(
        source="books_to_scrape", source_key=f"{number:016x}", upc=f"{number:016x}", title=title,
        category=f"Category {number % CATEGORIES}", price=Decimal(random_source.randint(100, 9_999)) / 100,
        currency="GBP", availability=from_in_stock(stock > 0), stock=stock, rating=random_source.randint(1, 5),
        description=" ".join(random_source.choices(words, k=40)),
        cover_url=f"https://shop.example/media/{number}.jpg", product_url=f"https://shop.example/catalogue/{number}",
    )  # fmt: skip


def generate_library_book(random_source: random.Random, number: int, title: str) -> BookRecord:
    author = random_source.randrange(AUTHORS)
    return BookRecord(
        source="open_library", source_key=f"OL{number}W", work_key=f"OL{number}W", title=title,
        first_publish_year=random_source.randint(1800, 2026), languages=("eng",),
        authors=(AuthorRecord(f"OL{author}A", f"Author {author}"),),
    )  # fmt: skip
