"""Price watches in tests, and the events that they caused."""

from decimal import Decimal
from typing import Any

from books.models import Book
from books.models.price import HeldPrice
from books.prices.review import accept_prices, dismiss_prices, hold_latest_price
from tests.fakes.shop.app import Shop
from tests.support.crawls import EVERY_PAGE, Crawl
from tests.support.factories import make_user
from users.models import Notification, PriceWatch, User, WatchRule
from users.watches.watching import WatchTerms, create_watch


def watch(book: Book, rule: str = WatchRule.AT_OR_BELOW, *, user: User | None = None, **terms: Any) -> PriceWatch:
    """A new watch. An amount is in GBP by default."""
    if "amount" in terms:
        terms = {"currency": "GBP", **terms, "amount": Decimal(terms["amount"])}
    return create_watch(user=user or make_user(), book=book, terms=WatchTerms(rule=rule, **terms))[0]


def list_events(watched: PriceWatch) -> list[tuple[str | None, str | None]]:
    """The prices before and at each event."""
    found = Notification.objects.filter(watch=watched.pk).order_by("pk")
    return [(each.payload["old"], each.payload["new"]) for each in found]


def list_new_prices(watched: PriceWatch) -> list[str | None]:
    return [new for _, new in list_events(watched)]


class WatchedShop:
    """The fake shop after its first crawl, with the book that a test watches."""

    def __init__(self, shop: Shop, crawl: Crawl) -> None:
        self.shop = shop
        self._crawl = crawl
        self.offer = shop.stock[7]
        assert crawl().state == "succeeded"

    @property
    def book(self) -> Book:
        return Book.objects.get(upc=self.offer.upc)

    def state_price(self, price: str) -> str:
        """Changes the price in the shop and crawls it again; returns the state of the run."""
        self.shop.faults.prices[self.offer.upc] = price
        return self.crawl()

    def crawl(self) -> str:
        return self._crawl(max_age=EVERY_PAGE).state

    def accept(self) -> int:
        return accept_prices(HeldPrice.objects.filter(book=self.book))

    def dismiss(self) -> int:
        return dismiss_prices(HeldPrice.objects.filter(book=self.book))

    def hold(self) -> None:
        """Moves the latest price back to the review."""
        assert hold_latest_price(self.book, reason="It is wrong.")
