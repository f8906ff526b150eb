"""The offers of a book: the rows of the same ISBN or work in all sources, side by side."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db.models import Q

from books.availability import SOLD_OUT
from books.models import Book, Source

MAX_OFFERS = 100


@dataclass(frozen=True, slots=True)
class Offer:
    """The statement of a source about a book. `is_same_edition`: it has the same ISBN, and not only the same work.

    `last_checked_at` is when the source last confirmed it. `is_shown` marks the requested book.
    """

    book: Book
    source_label: str
    is_same_edition: bool
    is_shown: bool

    @property
    def price(self) -> Decimal | None:
        return self.book.price

    @property
    def currency(self) -> str | None:
        return self.book.currency

    @property
    def last_checked_at(self) -> datetime | None:
        checked: datetime | None = self.book.last_checked_at  # type: ignore[attr-defined]  # an annotation
        return checked


@dataclass(frozen=True, slots=True)
class CurrencyGroup:
    """Offers in one currency: available ones first, then the cheapest. Without a currency: without a price."""

    currency: str | None
    offers: list[Offer]


def find_offers(book: Book) -> list[Offer]:
    """The offers in groups of one currency, that of the book first. Currencies are never compared.

    Two queries. At most MAX_OFFERS; the book itself is always among them.
    """
    others = _find_others(book)
    labels = dict(Source.objects.values_list("name", "label"))
    offers = [_describe(each, book, labels) for each in (book, *others)]
    return sorted(offers, key=lambda offer: _sort_key(offer, book.currency))


def group_by_currency(offers: Iterable[Offer]) -> list[CurrencyGroup]:
    """`offers` are sorted as by `find_offers`."""
    groups: list[CurrencyGroup] = []
    for offer in offers:
        if not groups or groups[-1].currency != offer.currency:
            groups.append(CurrencyGroup(offer.currency, []))
        groups[-1].offers.append(offer)
    return groups


def _find_others(book: Book) -> Sequence[Book]:
    same = Q(work_key=book.work_key) if book.work_key else Q()
    same |= Q(isbn_13=book.isbn_13) if book.isbn_13 else Q()
    if not same:
        return []
    others = Book.objects.published().filter(same).exclude(pk=book.pk).with_freshness()
    return list(others.order_by("pk")[: MAX_OFFERS - 1])


def _describe(each: Book, book: Book, labels: dict[str, str]) -> Offer:
    is_shown = each.pk == book.pk
    is_same = is_shown or (book.isbn_13 is not None and each.isbn_13 == book.isbn_13)
    return Offer(each, labels.get(each.source, each.source), is_same, is_shown)


def _sort_key(offer: Offer, own_currency: str | None) -> tuple[bool, bool, str, bool, Decimal, int]:
    price, currency = offer.price, offer.currency
    is_sold_out = offer.book.availability in SOLD_OUT
    return (price is None, currency != own_currency, currency or "", is_sold_out, price or Decimal(0), offer.book.pk)
