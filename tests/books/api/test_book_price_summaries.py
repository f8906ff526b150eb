"""Books state their price history in summary, and are filtered and ordered by it."""

from decimal import Decimal

import pytest
from rest_framework.test import APIClient

from books.models import Book
from tests.books.api.conftest import day
from tests.support.factories import make_book, make_category

pytestmark = pytest.mark.django_db


@pytest.mark.usefixtures("changes")
class TestSummaries:
    def titles(self, client: APIClient, query: str) -> list[str]:
        response = client.get(f"/api/books?{query}")
        assert response.status_code == 200, response.content
        return [book["title"] for book in response.json()["results"]]

    def test_a_book_states_its_summary(self, client: APIClient) -> None:
        book = client.get("/api/books?title=dune").json()["results"][0]

        assert (book["previous_price"], book["change_percent"]) == ("8.00", "50.00")
        assert (book["lowest_price"], book["lowest_on"], book["highest_price"]) == ("8.00", "2026-05-04", "12.00")
        assert (book["tracked_since"], book["price_changed_at"]) == ("2026-05-01T06:00:00Z", "2026-05-09T06:00:00Z")
        assert book["tracked_currency"] == "GBP"

    def test_a_book_without_prices_has_no_summary(self, client: APIClient) -> None:
        make_book(title="Bare")

        book = client.get("/api/books?title=bare").json()["results"][0]

        names = ("previous_price", "change_percent", "lowest_price", "lowest_on", "highest_price", "tracked_since")
        assert [book[name] for name in names] == [None] * 6

    def test_dropped_since_selects_books_whose_last_change_is_a_drop(self, client: APIClient) -> None:
        assert self.titles(client, "dropped_since=2026-05-01") == ["Emma"]
        assert self.titles(client, "dropped_since=2026-05-07") == []

    def test_updated_since(self, client: APIClient) -> None:
        Book.objects.filter(title="Emma").update(updated_at=day(9))
        Book.objects.exclude(title="Emma").update(updated_at=day(8))

        assert self.titles(client, "updated_since=2026-05-09") == ["Emma"]
        assert self.titles(client, "updated_since=2026-05-09T06:00:00.000001Z") == []
        assert self.titles(client, "ordering=-updated_at")[0] == "Emma"

    def test_books_are_ordered_by_drop(self, client: APIClient) -> None:
        assert self.titles(client, "ordering=change_percent") == ["Emma", "Dune", "Ulysses", "Walden"]
        assert self.titles(client, "ordering=-change_percent")[0] == "Dune"

    def test_the_cheapest_book_of_each_category_and_currency_is_kept(self, client: APIClient) -> None:
        travel = make_category("Travel")
        make_book(title="Cheap", category=travel, price=Decimal(2), currency="GBP", rating=5)
        make_book(title="As cheap", category=travel, price=Decimal(2), currency="GBP", rating=4)
        make_book(title="Foreign", category=travel, price=Decimal(50), currency="EUR")
        make_book(title="Unpriced", category=travel)
        make_book(title="Without category", price=Decimal(1), currency="GBP")

        assert self.titles(client, "cheapest_per=category&ordering=title") == ["Cheap", "Emma", "Foreign"]
        assert self.titles(client, "cheapest_per=category&rating=4") == ["As cheap"]
        assert self.titles(client, "ordering=-price&cheapest_per=category&category=Travel") == ["Foreign", "Cheap"]
