"""A running shop that describes its products with schema.org."""

from dataclasses import dataclass

from scraping.models import Shop
from tests.fakes.structured_shop.app import StructuredShop


@dataclass(frozen=True, slots=True)
class OpenShop:
    """`server` is the fake shop, `row` its Shop, `address` its origin without a slash at the end."""

    server: StructuredShop
    row: Shop
    address: str

    def url(self, number: int) -> str:
        return f"{self.address}/book/{number}"
