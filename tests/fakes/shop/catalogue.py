"""The shop's books: facts from a CSV file, generated descriptions."""

import csv
from dataclasses import dataclass
from pathlib import Path

from django.utils.text import slugify

DATA = Path(__file__).with_name("books.csv")


@dataclass(frozen=True, slots=True, kw_only=True)
class ShopBook:
    """A book. Without a `price`, with a `rating` or a `stock` of zero, the shop shows that in Oscar's way."""

    id: int
    title: str
    upc: str
    price: str
    rating: int
    category: str
    stock: int
    described: bool

    @property
    def path(self) -> str:
        return f"/catalogue/{slugify(self.title)[:80] or 'book'}_{self.id}/index.html"

    @property
    def description(self) -> str | None:
        """A generated sentence. It contains characters that expose encoding and escaping errors: é, ’, — and &."""
        if not self.described:
            return None
        return (
            f"“{self.title}” stands on the {self.category} shelf — {self.stock} copies of it, "
            f"each at £{self.price}. Readers gave it {self.rating} of 5 stars & the staff’s résumé agrees."
        )


def read_books() -> list[ShopBook]:
    with DATA.open(encoding="utf-8", newline="") as file:
        return [_parse_row(row) for row in csv.DictReader(file)]


def _parse_row(row: dict[str, str]) -> ShopBook:
    return ShopBook(
        id=int(row["id"]),
        title=row["title"],
        upc=row["upc"],
        price=row["price"],
        rating=int(row["rating"]),
        category=row["category"],
        stock=int(row["stock"]),
        described=row["described"] == "1",
    )
