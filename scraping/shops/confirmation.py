"""The first products of a new shop, as staff see them before they confirm it."""

from dataclasses import dataclass

from books.availability import describe
from books.records import BookRecord
from core.money import format_money
from scraping.models import Shop, ShopPage
from scraping.record_json import record_from_json

MAX_SHOWN = 20


@dataclass(frozen=True, slots=True)
class WaitingProduct:
    """A page and the record that it states."""

    page: ShopPage
    record: BookRecord

    @property
    def price(self) -> str:
        record = self.record
        return format_money(record.price, record.currency) if record.price is not None and record.currency else ""

    @property
    def availability(self) -> str:
        return describe(self.record.availability, self.record.stock)

    @property
    def price_source(self) -> str:
        return str(self.page.sources.get("price", ""))


def list_waiting_products(shop: Shop) -> list[WaitingProduct]:
    pages = shop.pages.filter(state=ShopPage.State.UNCONFIRMED).order_by("read_at", "pk")[:MAX_SHOWN]
    return [WaitingProduct(page, record_from_json(page.record)) for page in pages if page.record]
