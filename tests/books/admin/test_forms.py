"""The form of a book in the admin: errors, notations and the inputs of a new book."""

from decimal import Decimal
from typing import Any

import pytest
from lxml import html
from rest_framework.test import APIClient

from books.models import Book
from books.records import WORK_KEY_RULE
from tests.support.book_form import get_page, load_form, save_form
from tests.support.factories import make_book

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("currency", "pou", "'pou' is not a currency in use. Enter an ISO 4217 code, such as GBP."),
        ("currency", "£", "'£' is not a currency in use. Enter an ISO 4217 code, such as GBP."),
        ("currency", "XXX", "'XXX' is not a currency in use. Enter an ISO 4217 code, such as GBP."),
        ("currency", "JPY", "7.50 is no amount in JPY. Enter one with no decimals."),
        ("currency", "", "State a price and its currency together, or neither."),
        ("price", "", "State a price and its currency together, or neither."),
        ("price", "-1", "Ensure this value is greater than or equal to 0."),
        ("isbn_13", "9780000000000", "Not an ISBN: its length or its check digit is wrong."),
        ("isbn_13", "978", "Not an ISBN: its length or its check digit is wrong."),
        ("isbn_13", "979-0-001-01664-3", "Not an ISBN: numbers that start with 979-0 are those of sheet music (ISMN)."),
        ("work_key", "Dune", WORK_KEY_RULE),
        ("work_key", "OL1M", WORK_KEY_RULE),
        ("languages", "english", "Unknown: english. Enter MARC codes of three letters, such as eng, fre."),
        ("languages", "eng, xyz en", "Unknown: xyz, en. Enter MARC codes of three letters, such as eng, fre."),
    ],
)
def test_errors_are_at_their_fields(staff_client: APIClient, field: str, value: str, message: str) -> None:
    book = make_book(price="7.50", currency="GBP")
    form = load_form(staff_client, book, **{field: value})

    response = staff_client.post(f"/admin/books/book/{book.pk}/change/", form, format="multipart")

    assert response.status_code == 200
    at_field = "price" if "amount" in message else field
    assert response.context["adminform"].form.errors == {at_field: [message]}


@pytest.mark.parametrize(
    ("field", "text", "value"),
    [
        ("isbn_13", "0-306-40615-2", "9780306406157"),
        ("isbn_13", "ISBN 978-0-306-40615-7", "9780306406157"),
        ("work_key", "https://openlibrary.org/works/ol1w/Odes", "OL1W"),
        ("languages", "eng, fre", ["eng", "fre"]),
        ("languages", " ger;eng  eng", ["ger", "eng"]),
        ("languages", '["eng"]', ["eng"]),
        ("languages", "", []),
    ],
)
def test_inputs_are_stored_in_their_standard_form(staff_client: APIClient, field: str, text: str, value: Any) -> None:
    book = make_book(languages=["lat"])

    save_form(staff_client, book, **{field: text})

    book.refresh_from_db()
    assert getattr(book, field) == value


def test_the_form_shows_languages_as_text(staff_client: APIClient) -> None:
    book = make_book(languages=["eng", "fre"])

    page = html.fromstring(get_page(staff_client, f"{book.pk}/change/"))

    assert page.get_element_by_id("id_languages").value == "eng, fre"


def test_values_that_the_source_stated_do_not_prevent_other_changes(staff_client: APIClient) -> None:
    """An input is checked when a person changes it; sources may have stated others before the check existed."""
    stated: dict[str, Any] = {
        "isbn_13": "9780000000000", "languages": ["tlh", "xx-unknown"], "price": Decimal("7.50"), "currency": "XTS",
    }  # fmt: skip
    book = make_book(**stated)

    save_form(staff_client, book, title="Our title")

    assert Book.objects.values("title", *stated).get() == {"title": "Our title", **stated}


def test_the_form_of_a_new_book_has_only_inputs(staff_client: APIClient) -> None:
    page = get_page(staff_client, "add/")

    assert 'name="title"' in page
    for read_only in ("source_key", "price_history", "large_cover", "last_checked_at", "libraries", "created_at"):
        assert f"field-{read_only}" not in page
