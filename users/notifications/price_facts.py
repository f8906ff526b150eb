"""The facts about a watched price in a message: those of the event, and the price of the book now."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.conf import settings

from books.availability import SOLD_OUT, describe_limit, is_in_stock
from books.models import Book, PriceObservation, Source
from books.prices.ranges import PriceRange
from core.money import format_money
from users.models import Notification, User
from users.notifications.lowest_prices import load_lowest_prices

BACK_IN_STOCK = "back in stock"  # the rule in words


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceFacts:
    """`current` is the price that the book's source states now, `limit` why it cannot be bought, such as "sold out".

    `source` is the name of the book's source, and `shop` its label if it is a shop.
    The event is outdated if the price is worse for the reader now.
    """

    book: int
    title: str
    source: str | None
    shop: str
    rule: str
    observed_at: datetime
    currency: str | None
    old: Decimal | None
    new: Decimal | None
    target: Decimal | None
    current: Decimal | None
    current_currency: str | None
    limit: str
    lowest: PriceRange | None
    is_outdated: bool

    @property
    def is_lowest(self) -> bool:
        """Whether the present price is the lowest one."""
        is_same_currency = self.current_currency == self.currency
        return self.lowest is not None and is_same_currency and self.current == self.lowest.lowest


def load_price_facts(notifications: Collection[Notification]) -> dict[int, PriceFacts]:
    """The facts of notifications of the kind "price_watch", by primary key.

    A book that was deleted, or that the reader can no longer see, has no current price. As watches do, they compare
    what the source states, also if a person set another price of the book.
    """
    books = Book.objects.in_bulk({each.payload["book"] for each in notifications})
    hidden = _find_hidden(notifications, books.values())
    newest = {each.book_id: each for each in PriceObservation.objects.newest_of(Book.objects.filter(pk__in=books))}
    lowest = load_lowest_prices(notifications)
    shops = _load_shops(books.values())
    facts = {}
    for each in notifications:
        book = each.payload["book"]
        shown = None if (each.recipient_id, book) in hidden else books.get(book)
        offer = newest.get(book) if shown else None
        facts[each.pk] = _make_facts(each.payload, shown, offer, lowest.get(each.pk), shops)
    return facts


def _find_hidden(notifications: Collection[Notification], books: Iterable[Book]) -> set[tuple[int | None, int]]:
    """Pairs of a reader and an unpublished book that is not in the reader's library either."""
    unpublished = {book.pk for book in books if not book.is_published}
    if not unpublished:
        return set()
    hidden: set[tuple[int | None, int]] = set()
    for reader in User.objects.filter(pk__in={each.recipient_id for each in notifications}):
        visible = Book.objects.visible_to(reader, with_shared=settings.SHARED_SHELF).filter(pk__in=unpublished)
        hidden |= {(reader.pk, book) for book in unpublished.difference(visible.values_list("pk", flat=True))}
    return hidden


def _load_shops(books: Iterable[Book]) -> dict[str, str]:
    """The labels of the shops of these books by name."""
    shops = Source.objects.filter(is_shop=True, name__in={book.source for book in books})
    return dict(shops.values_list("name", "label"))


def _make_facts(
    payload: dict[str, Any],
    book: Book | None,
    offer: PriceObservation | None,
    lowest: PriceRange | None,
    shops: dict[str, str],
) -> PriceFacts:
    """`offer` is the latest statement about the book."""
    old, new, target = (_to_decimal(payload[name]) for name in ("old", "new", "target"))
    return PriceFacts(
        book=payload["book"],
        title=book.title if book else payload["title"],
        source=book.source if book else None,
        shop=shops.get(book.source, "") if book else "",
        rule=payload["rule"],
        observed_at=datetime.fromisoformat(payload["observed_at"]),
        currency=payload["currency"],
        old=old,
        new=new,
        target=target,
        current=offer.price if offer else None,
        current_currency=offer.currency if offer else None,
        limit=_describe_limit(book, offer) if book and offer else "",
        lowest=lowest,
        is_outdated=book is None or book.missing_since is not None or _is_worse(payload, offer, new=new, target=target),
    )


def _is_worse(
    payload: dict[str, Any], offer: PriceObservation | None, *, new: Decimal | None, target: Decimal | None
) -> bool:
    """A price that is still at the target, or as low as in the event, is not worse. Nor is one that fell further.

    The event of a watch on stock does not depend on the price.
    """
    if offer is None or (payload["in_stock"] and is_in_stock(offer.availability) is False):
        return True
    if new is None or payload["rule"] == BACK_IN_STOCK:
        return False
    if offer.availability in SOLD_OUT or offer.price is None or offer.currency != payload["currency"]:
        return True
    old = _to_decimal(payload["old"])
    is_rise = target is None and old is not None and new > old
    return offer.price != new if is_rise else offer.price > max(new, target or new)


def _describe_limit(book: Book, offer: PriceObservation) -> str:
    return "no longer listed" if book.missing_since else describe_limit(offer.availability)


def _to_decimal(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)


def format_price(amount: Decimal | None, currency: str | None) -> str:
    return "no price" if amount is None or currency is None else format_money(amount, currency)
