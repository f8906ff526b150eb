"""Books that staff move to another work. No source makes a new statement about them."""

from collections.abc import Callable
from decimal import Decimal

import pytest
from rest_framework.test import APIClient

from books.models import Book
from tests.books.admin.test_actions import run_action
from tests.support.book_form import save_form
from tests.support.prices import ingest_price
from tests.support.watches import list_new_prices, watch

pytestmark = pytest.mark.django_db
ISBN, OTHER_ISBN = "9780140447934", "9780306406157"
SetWork = Callable[[APIClient, Book, str], object]


def patch_isbn(client: APIClient, book: Book, isbn: str) -> None:
    assert client.patch(f"/api/books/{book.pk}", {"isbn_13": isbn}).status_code == 200


def edit_isbn(client: APIClient, book: Book, isbn: str) -> None:
    save_form(client, book, isbn_13=isbn)


@pytest.mark.parametrize("set_isbn", [patch_isbn, edit_isbn])
def test_watches_follow_an_isbn_that_staff_change(staff_client: APIClient, set_isbn: SetWork) -> None:
    ingest_price("40.00", isbn_13=ISBN)
    ingest_price("28.00", isbn_13=OTHER_ISBN, source="other_shop")
    other = Book.objects.get(source="other_shop")
    created = watch(Book.objects.exclude(pk=other.pk).get(), amount="30.00", scope="work")

    set_isbn(staff_client, other, ISBN)
    created.refresh_from_db()
    assert (created.state, list_new_prices(created)) == ("fired", ["28.00"])

    set_isbn(staff_client, other, OTHER_ISBN)
    created.refresh_from_db()
    assert (created.state, list_new_prices(created)) == ("armed", ["28.00"])


def test_watches_follow_books_that_staff_mark_as_the_same_work(staff_client: APIClient) -> None:
    ingest_price("40.00", work_key="OL1W")
    ingest_price("28.00", source="other_shop")
    ingest_price("27.00", source="third_shop")
    book, *others = Book.objects.order_by("pk")
    created = watch(book, amount="30.00", scope="work")

    run_action(staff_client, "mark_as_same_work", *others, work_key="OL1W")
    created.refresh_from_db()
    assert (created.state, created.fired_price) == ("fired", Decimal("27.00"))

    run_action(staff_client, "mark_as_same_work", *others, work_key="OL2W")
    created.refresh_from_db()
    assert (created.state, list_new_prices(created)) == ("armed", ["27.00"])
