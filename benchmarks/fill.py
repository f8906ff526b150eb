"""Books to measure with: run inside of Django, by `manage.py shell`."""

from decimal import Decimal

from books.ingest import ingest
from books.records import BookRecord
from tests.shop.catalogue import ShopBook, read_books


def fill() -> None:
    """The 1,000 books of the project's own shop."""
    ingest(map(record, read_books()))


def record(book: ShopBook) -> BookRecord:
    return BookRecord(
        source="books_to_scrape", source_key=book.upc, upc=book.upc, title=book.title, category=book.category,
        price=Decimal(book.price), currency="GBP", in_stock=book.stock > 0, stock=book.stock, rating=book.rating,
        description=book.description,
    )  # fmt: skip
