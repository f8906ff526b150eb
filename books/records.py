"""The record that every source is converted to. No Django, no HTTP, no database."""

import re
from dataclasses import dataclass, fields
from decimal import Decimal
from hashlib import sha256

from books.availability import Availability, is_in_stock
from books.isbn import parse_isbn
from core.money import fits_currency, is_currency
from core.text import fold_to_key

MAX_TEXT = {
    "source": 32,
    "title": 500,
    "subtitle": 500,
    "category": 100,
    "author": 300,
    "description": 50_000,
    "cover_url": 1_000,
    "product_url": 1_000,
    "price_text": 100,
}
MAX_KEY = 64
# Fields that have the same value on a record and on its row.
PLAIN_FIELDS = (
    "title", "subtitle", "upc", "isbn_13", "work_key", "first_publish_year", "price", "currency", "availability",
    "stock", "rating", "description", "cover_url", "product_url",
)  # fmt: skip
MAX_PRICE = Decimal("99999999.99")
MAX_STOCK = 2_147_483_647
MIN_YEAR, MAX_YEAR = -5_000, 3_000
SOURCE_NAME = re.compile(r"[-a-zA-Z0-9_]+")
WORK_KEY = re.compile(r"OL[1-9][0-9]{0,19}W")
WORK_KEY_RULE = "Not the key of a work, such as OL45804W. It is part of the address of the work's page at Open Library."
CONTROL_CHARACTER = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")


class RecordError(ValueError):
    """An invalid value. `field` is the name in BookRecord, `detail` completes a sentence about the value."""

    def __init__(self, field: str, detail: str) -> None:
        super().__init__(f"{field}: {detail}")
        self.field = field
        self.detail = detail


@dataclass(frozen=True, slots=True)
class AuthorRecord:
    """An author, identified by the key at the source of the record, such as Open Library's OL…A."""

    key: str
    name: str

    @classmethod
    def identified_by_name(cls, name: str) -> "AuthorRecord":
        """For sources without keys: the key is a hash of the folded name, because a name can be longer than a key."""
        return cls(sha256(fold_to_key(name).encode()).hexdigest(), name)

    def __post_init__(self) -> None:
        _check_text("author_key", self.key)
        _check_text("author", self.name)


@dataclass(frozen=True, slots=True, kw_only=True)
class BookRecord:
    """The statements of a source about one book. None means that the source states nothing.

    `source` and `source_key` identify the book. `price` is in units of `currency`, with the decimals of that currency
    but at most two; `price_text` is the source's text if it is not readable as a price. `stock` is a number of copies.
    `languages` are MARC codes such as eng. Raises RecordError for a value that the database would reject, so that one
    record cannot fail a batch, and for other ISBNs and prices that cannot exist.
    """

    source: str
    source_key: str
    title: str
    subtitle: str | None = None
    category: str | None = None
    upc: str | None = None
    isbn_13: str | None = None
    work_key: str | None = None
    first_publish_year: int | None = None
    price: Decimal | None = None
    currency: str | None = None
    price_text: str | None = None
    availability: Availability = Availability.UNKNOWN
    stock: int | None = None
    rating: int | None = None
    description: str | None = None
    cover_url: str | None = None
    product_url: str | None = None
    authors: tuple[AuthorRecord, ...] = ()
    languages: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        self._check_texts()
        self._check_price()
        if self.rating is not None and not 1 <= self.rating <= 5:
            raise RecordError("rating", f"{self.rating} is not from 1 to 5")
        if self.stock is not None and not 0 <= self.stock <= MAX_STOCK:
            raise RecordError("stock", f"{self.stock} is not a number of copies")
        if self.first_publish_year is not None and not MIN_YEAR <= self.first_publish_year <= MAX_YEAR:
            raise RecordError("first_publish_year", f"{self.first_publish_year} is not a plausible year")

    @property
    def identity(self) -> tuple[str, str]:
        return self.source, self.source_key

    @property
    def in_stock(self) -> bool | None:
        return is_in_stock(self.availability)

    def _check_texts(self) -> None:
        for name in (f.name for f in fields(self)):
            if isinstance(value := getattr(self, name), str):
                _check_text(name, value)
        if not SOURCE_NAME.fullmatch(self.source):
            raise RecordError("source", f"{self.source!r} has other characters than letters, digits, - and _")
        for language in self.languages:
            _check_text("languages", language)
        if self.isbn_13 is not None and parse_isbn(self.isbn_13) != self.isbn_13:
            raise RecordError("isbn_13", f"{self.isbn_13!r} is not an ISBN of 13 digits with a valid check digit")
        if self.currency is not None and not is_currency(self.currency):
            raise RecordError("currency", f"{self.currency!r} is not an ISO 4217 code of a currency in use")

    def _check_price(self) -> None:
        if (self.price is None) != (self.currency is None):
            raise RecordError("currency", "a price and its currency must be stated together")
        if self.price is not None and self.price_text is not None:
            raise RecordError("price_text", "a readable price cannot have an unreadable text")
        if self.price is None or self.currency is None:
            return
        if not (self.price.is_finite() and 0 <= self.price <= MAX_PRICE):
            raise RecordError("price", f"{self.price} is not a price")
        if self.price != self.price.quantize(Decimal("0.01")):
            raise RecordError("price", f"{self.price} has more than two decimals")
        if not fits_currency(self.price, self.currency):
            raise RecordError("price", f"{self.price} has more decimals than {self.currency} has")


def _check_text(name: str, text: str) -> None:
    if not text.strip():
        raise RecordError(name, "is empty")
    if CONTROL_CHARACTER.search(text):
        raise RecordError(name, "contains a control character")
    limit = MAX_TEXT.get(name, MAX_KEY)
    if len(text) > limit:
        raise RecordError(name, f"is longer than {limit} characters")
