"""Each question of analysts in docs/api.md is answered by the call in its row."""

import csv
import io
import re
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from rest_framework.test import APIClient

from books.models import Book, PriceObservation
from tests.fakes.shop.app import Shop
from tests.support.crawls import Crawl

pytestmark = pytest.mark.django_db
DOCUMENT = Path(__file__).parents[3] / "docs" / "api.md"
DAY, WEEK = "2026-11-26", "2026-11-20"  # yesterday and a week ago in the examples


def read_calls() -> dict[str, str]:
    """The calls of the table, by question."""
    section = DOCUMENT.read_text(encoding="utf-8").partition("## Questions of analysts")[2].partition("\n## ")[0]
    return dict(re.findall(r"^\| ([^|]+?) \| `(/api/[^`]+)`", section, re.MULTILINE))


def ask(client: APIClient, question: str, **ids: int) -> Any:
    """Returns the results as JSON, or the rows of a CSV file."""
    today = timezone.now().date()
    call = read_calls()[question].format(**ids)
    for example, days in ((DAY, 1), (WEEK, 7)):
        call = call.replace(example, (today - timedelta(days)).isoformat())
    response = client.get(call)
    assert response.status_code == 200, call
    if response.headers["Content-Type"].startswith("text/csv"):
        return list(csv.DictReader(io.StringIO(response.getvalue().decode())))
    return response.json()["results"]


@pytest.fixture
def days(shop: Shop, crawl: Crawl) -> Shop:
    """The shop was read the day before yesterday and today: 4 prices fell by a fifth, one rose, one book sold out, one
    has a single copy left, one is new, and one is gone.
    """
    shop.faults.delisted = {shop.stock[20].upc}
    assert crawl().state == "succeeded"
    earlier = timezone.now() - timedelta(days=2)
    PriceObservation.objects.update(observed_at=earlier)
    Book.objects.update(created_at=earlier, updated_at=earlier, tracked_since=earlier)
    shop.faults.delisted = {shop.stock[21].upc}
    for offer in shop.stock[:4]:
        shop.faults.prices[offer.upc] = f"{Decimal(offer.price) * Decimal('0.8'):.2f}"
    shop.faults.prices[shop.stock[4].upc] = f"{Decimal(shop.stock[4].price) + 1}"
    shop.stock[5] = replace(shop.stock[5], stock=0)
    shop.stock[6] = replace(shop.stock[6], stock=1)
    assert crawl(is_full=True).state == "succeeded"
    return shop


def test_every_question_has_one_call() -> None:
    assert len(read_calls()) == 6


def test_cheapest_book_of_each_category(client: APIClient, days: Shop) -> None:
    rows = ask(client, "the cheapest five-star book in stock of each category")

    best: dict[str, Decimal] = {}
    for book in Book.objects.filter(rating=5, availability="in_stock").select_related("category"):
        assert book.category
        assert book.price is not None
        best[book.category.name] = min(book.price, best.get(book.category.name, book.price))
    assert len(best) > 3
    assert {row["category"]["name"]: Decimal(row["price"]) for row in rows} == best
    assert len(rows) == len(best)


def test_prices_that_dropped_with_the_amount(client: APIClient, days: Shop) -> None:
    rows = ask(client, "which books dropped this week, by how much")

    assert {row["book"]["upc"] for row in rows} == {offer.upc for offer in days.stock[:4]}
    for row in rows:
        assert Decimal(row["price"]) - Decimal(row["previous_price"]) == Decimal(row["difference"])
        assert Decimal(row["change_percent"]) == pytest.approx(Decimal(-20), abs=Decimal("0.1"))


def test_history_of_a_category_as_csv(client: APIClient, days: Shop) -> None:
    rows = ask(client, "the price history of all Travel books as CSV")

    stored = PriceObservation.objects.filter(book__category__name="Travel").order_by("pk")
    assert rows
    assert [Decimal(row["price"]) for row in rows] == [each.price for each in stored]


def test_what_changed_and_from_what(client: APIClient, days: Shop) -> None:
    """Earlier and present statements: prices, availability, copies, new and missing books."""
    rows = {row["upc"]: row for row in ask(client, "what changed since yesterday")}

    stock = days.stock
    changed = [*stock[:7], stock[20], stock[21]]
    assert set(rows) == {offer.upc for offer in changed}
    for offer in stock[:4]:
        row = rows[offer.upc]
        assert (row["before"]["price"], row["price"]) == (offer.price, days.faults.prices[offer.upc])
    sold_out, last_copy, new, gone = (rows[offer.upc] for offer in (stock[5], stock[6], stock[20], stock[21]))
    assert (sold_out["before"]["in_stock"], sold_out["in_stock"]) == (True, False)
    assert last_copy["before"]["stock"] > last_copy["stock"] == 1
    assert new["before"] is None
    assert gone["before"]
    assert gone["missing_since"]


def test_copies_over_time(client: APIClient, days: Shop) -> None:
    book = Book.objects.get(upc=days.stock[6].upc)

    rows = [row for row in ask(client, "the number of copies over time") if row["book"] == str(book.pk)]

    assert [int(row["stock"]) for row in rows] == [each.stock for each in book.observations.order_by("pk")]
    assert rows[-1]["stock"] == "1"


def test_freshness_of_each_book(client: APIClient, days: Shop) -> None:
    rows = ask(client, "how fresh the data is")

    checked = {row["upc"]: row["last_checked_at"] for row in rows}
    assert len(checked) == 45
    assert all(checked.values())
