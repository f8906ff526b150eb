"""Admin actions on several books."""

from decimal import Decimal
from typing import Any

import pytest
from rest_framework.test import APIClient

from books.ingest import ingest
from books.models import Book, HeldPrice
from tests.support.factories import CURATOR_PERMISSIONS, make_book, make_category, make_record, make_staff

pytestmark = pytest.mark.django_db


def run_action(client: APIClient, action: str, *books: Book, **inputs: Any) -> str:
    """Runs the action on the books; returns the resulting page, or the file that the action sends."""
    form = {"action": action, "_selected_action": [book.pk for book in books], **inputs}
    response = client.post("/admin/books/book/", form, format="multipart", follow=True)
    assert response.status_code == 200
    return str(response.content.decode("utf-8-sig"))


def test_curating_actions_protect_fields_until_release(staff_client: APIClient) -> None:
    record = make_record(category="Travel")
    ingest([record])
    book, poetry = Book.objects.get(), make_category("Poetry")

    assert "1 book was set to Poetry." in run_action(staff_client, "assign_category", book, category=poetry.pk)
    assert "1 book was set to OL45804W." in run_action(staff_client, "mark_as_same_work", book, work_key="OL45804W")
    ingest([record])
    book.refresh_from_db()
    assert (book.category, book.work_key) == (poetry, "OL45804W")

    assert "2 fields were released" in run_action(staff_client, "release_fields", book)
    ingest([record])
    book.refresh_from_db()
    assert (str(book.category), book.work_key) == ("Travel", None)


@pytest.mark.parametrize(
    ("action", "inputs", "message"),
    [
        ("assign_category", {}, "Select a category next to the action first."),
        ("mark_as_same_work", {}, "such as OL45804W."),
        ("mark_as_same_work", {"work_key": "nonsense"}, "such as OL45804W."),
    ],
)
def test_actions_require_their_input(
    staff_client: APIClient, action: str, inputs: dict[str, str], message: str
) -> None:
    book = make_book(work_key="OL1W")

    assert message in run_action(staff_client, action, book, **inputs)

    book.refresh_from_db()
    assert (book.category, book.work_key) == (None, "OL1W")


def test_actions_change_only_the_selected_books(staff_client: APIClient) -> None:
    selected, other, poetry = make_book(), make_book(), make_category("Poetry")

    run_action(staff_client, "assign_category", selected, category=poetry.pk)

    assert dict(Book.objects.values_list("pk", "category")) == {selected.pk: poetry.pk, other.pk: None}


def test_hold_prices_restores_the_previous_price(staff_client: APIClient, repriced_book: Book) -> None:
    page = run_action(staff_client, "hold_prices", repriced_book)

    assert "1 price waits in the price review." in page
    repriced_book.refresh_from_db()
    assert repriced_book.price == Decimal("10.00")
    held = HeldPrice.objects.get()
    assert (held.price, held.state, held.reason) == (Decimal("40.00"), "held", "staff@example.org held this price.")


@pytest.mark.parametrize(
    ("action", "permissions"),
    [
        ("hold_prices", {"books.change_book", "books.change_heldprice"}),
        ("assign_category", {"books.change_book"}),
        ("mark_as_same_work", {"books.change_book"}),
        ("release_fields", {"books.change_book"}),
        ("delete_selected", {"books.delete_book"}),
    ],
)
def test_actions_require_each_of_their_permissions(repriced_book: Book, action: str, permissions: set[str]) -> None:
    client, before = APIClient(), Book.objects.values().get()
    option = f'<option value="{action}">'

    for missing in permissions:
        client.force_login(make_staff(*(set(CURATOR_PERMISSIONS) - {missing})))
        page = run_action(client, action, repriced_book, category=make_category("Poetry").pk, work_key="OL1W")
        assert option not in page
        assert (Book.objects.values().get(), HeldPrice.objects.count()) == (before, 0)

    client.force_login(make_staff("books.view_book", *permissions))
    assert option in client.get("/admin/books/book/").content.decode()


@pytest.mark.parametrize("number", [1, 2])
def test_messages_agree_with_the_number(staff_client: APIClient, number: int) -> None:
    ingest([make_record(source_key=f"upc-{each}") for each in range(number)])
    books, category = list(Book.objects.all()), make_category("Poetry")
    noun = "book was" if number == 1 else "books were"
    field = (
        "field was released: the next crawl sets it"
        if number == 1
        else "fields were released: the next crawl sets them"
    )
    price = "price waits" if number == 1 else "prices wait"

    assert f"{number} {noun} set to Poetry." in run_action(
        staff_client, "assign_category", *books, category=category.pk
    )
    assert f"{number} {field} again." in run_action(staff_client, "release_fields", *books)
    assert f"{number} {price} in the price review." in run_action(staff_client, "hold_prices", *books)
