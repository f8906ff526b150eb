"""Shops that describe their products with schema.org, and their rows."""

from dataclasses import dataclass

from books.sources import register_source
from scraping.models import Shop, ShopPage, TrackedPage
from scraping.origin import normalize_host
from scraping.shops.identity import compute_key
from tests.fakes.structured_shop.app import StructuredShop
from users.models import User


def create_shop(name: str, address: str, *, delay: float = 1.0) -> Shop:
    """A confirmed shop."""
    register_source(name=name, label=name.title(), is_shop=True)
    state = Shop.State.CONFIRMED
    return Shop.objects.create(source_id=name, host=normalize_host(address), delay=delay, state=state)


def make_tracked_page(user: User, url: str = "https://shop.example/book/1") -> TrackedPage:
    """A page that has not been read, of a shop that is created."""
    shop = create_shop("shop_example", url)
    page = ShopPage.objects.create(shop=shop, key=compute_key(url), url=url)
    return TrackedPage.objects.create(user=user, page=page)


@dataclass(frozen=True, slots=True)
class OpenShop:
    """`server` is the fake shop, `row` its Shop, `address` its origin without a slash at the end."""

    server: StructuredShop
    row: Shop
    address: str

    def url(self, number: int) -> str:
        return f"{self.address}/book/{number}"
