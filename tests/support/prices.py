"""Price statements of a source about one book, and the rows stored from them."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from books.availability import from_in_stock
from books.ingest import IngestResult, ingest
from books.models import Book, PriceObservation
from books.models.price import HeldPrice
from books.prices.history import Observation
from books.prices.summaries import rebuild_summaries
from tests.support.factories import make_record


def ingest_unreadable_price(text: str = "on request") -> IngestResult:
    return ingest([make_record(source_key="upc-1", price=None, currency=None, price_text=text)])


def ingest_sold_out_book() -> IngestResult:
    """The source states that the book is sold out, and no price."""
    return ingest([make_record(source_key="upc-1", price=None, currency=None, in_stock=False, stock=None)])


def ingest_price(price: str, **fields: Any) -> IngestResult:
    return ingest([make_record(source_key="upc-1", price=Decimal(price), **fields)])


def list_prices(book: Book) -> list[str]:
    return [f"{each.price}" for each in book.observations.order_by("pk")]


def list_review_states() -> list[str]:
    return list(HeldPrice.objects.order_by("pk").values_list("state", flat=True))


def observe(time: datetime, price: str | None = None, currency: str = "GBP", **fields: Any) -> Observation:
    """An observation, without a currency if it has no price."""
    amount = None if price is None else Decimal(price)
    if "in_stock" in fields:
        fields["availability"] = from_in_stock(fields.pop("in_stock"))
    return Observation(time=time, price=amount, currency=None if price is None else currency, **fields)


def record_prices(book: Book, *prices: tuple[datetime, str], currency: str = "GBP") -> Book:
    """Adds observations of a book at these times, as a source that stated the prices then. The last one is current."""
    for time, price in prices:
        PriceObservation.objects.create(
            book=book, observed_at=time, price=Decimal(price), currency=currency, availability="in_stock"
        )
        book.price, book.currency = Decimal(price), currency
    book.save()
    rebuild_summaries([book.pk])
    book.refresh_from_db()
    return book
