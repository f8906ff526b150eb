"""Exports of the selected rows from the lists of the admin."""

from typing import Any

import pytest
from rest_framework.test import APIClient

from books.models import Book, PriceObservation
from tests.support.exports import read_csv, read_export, read_text
from tests.support.factories import make_book, make_category, make_staff

pytestmark = pytest.mark.django_db


def export(client: APIClient, model: str, action: str, *rows: Any, query: str = "", **inputs: Any) -> Any:
    form = {"action": action, "_selected_action": [row.pk for row in rows], **inputs}
    return client.post(f"/admin/books/{model}/{query}", form, format="multipart")


def observe(book: Book, price: str) -> PriceObservation:
    return PriceObservation.objects.create(book=book, price=price, currency="GBP", availability="in_stock", stock=3)


def test_only_the_selected_books_are_exported(staff_client: APIClient) -> None:
    first, second = make_book(title="Odes;=1+1", authors=["＝1+1"]), make_book(title='"Epodes"')
    make_book(title="Not selected")

    rows = read_export(export(staff_client, "book", "export_as_csv", first, second))

    assert [(row["title"], row["authors"]) for row in rows] == [("Odes;'=1+1", "'＝1+1"), ('"Epodes"', "")]


def test_spreadsheets_recognise_the_encoding(staff_client: APIClient) -> None:
    book = make_book(title="Élan", description="Über", cover_url="http://shop.example/c.jpg")

    text = read_text(export(staff_client, "book", "export_as_csv", book))

    assert text.startswith("\ufeffid,title,")
    (row,) = read_csv(text)
    assert (row["title"], row["description"], row["cover_url"]) == ("Élan", "Über", "http://shop.example/c.jpg")


def test_all_rows_of_a_filtered_list_are_exported(staff_client: APIClient) -> None:
    poetry = make_category("Poetry")
    books = [make_book(title=f"Odes {number}", category=poetry) for number in range(60)]  # more than a page
    make_book(title="Other")

    query = f"?category__id__exact={poetry.pk}"
    response = export(staff_client, "book", "export_as_json_lines", books[0], select_across="1", query=query)

    assert [row["title"] for row in read_export(response)] == [book.title for book in books]


def test_observations_are_exported_with_their_books(staff_client: APIClient) -> None:
    poetry = make_category("Poetry")
    book = make_book(title="Odes", category=poetry, source="books_to_scrape", source_key="k1", upc="123")
    first, second = observe(book, "10.00"), observe(book, "9.50")
    observe(make_book(title="Other"), "1.00")

    response = export(
        staff_client, "priceobservation", "export_as_csv", first, second, select_across="1",
        query=f"?book__category__id__exact={poetry.pk}",
    )  # fmt: skip

    rows = read_export(response)
    assert [(row["title"], row["upc"], row["category"], row["price"]) for row in rows] == [
        ("Odes", "123", "Poetry", "10.00"),
        ("Odes", "123", "Poetry", "9.50"),
    ]


def test_observations_of_books_that_staff_may_not_view_are_left_out() -> None:
    hidden = observe(make_book(title="Hidden", is_published=False), "10.00")
    shown = observe(make_book(title="Odes"), "11.00")

    def titles(*permissions: str) -> list[str]:
        client = APIClient()
        client.force_login(make_staff("books.view_priceobservation", *permissions))
        rows = read_export(export(client, "priceobservation", "export_as_json_lines", hidden, shown))
        return [row["title"] for row in rows]

    assert titles() == ["Odes"]
    assert titles("books.view_book") == ["Hidden", "Odes"]


@pytest.mark.parametrize("model", ["book", "priceobservation"])
def test_exports_require_the_permission_to_view(model: str) -> None:
    row = observe(make_book(title="Odes"), "10.00")
    client = APIClient()
    client.force_login(make_staff())

    assert export(client, model, "export_as_csv", row).status_code == 403
