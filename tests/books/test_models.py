"""Constraints in the database, and the derived columns of folded text."""

from decimal import Decimal
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import ProtectedError

from books.models import Author, Authorship, Book, Category, PriceObservation
from tests.support.factories import make_book, make_category

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("constraint", "fields"),
    [
        ("book_title_not_empty", {"title": ""}),
        ("book_source_key_not_empty", {"source_key": ""}),
        ("book_price_not_negative", {"price": Decimal(-1), "currency": "GBP"}),
        ("book_price_has_currency", {"price": Decimal(1)}),
        ("book_price_has_currency", {"currency": "GBP"}),
        ("book_rating_1_to_5", {"rating": 0}),
        ("book_rating_1_to_5", {"rating": 6}),
        ("book_isbn_13_digits", {"isbn_13": "978-0141182"}),
    ],
)
def test_constraints(constraint: str, fields: dict[str, Any]) -> None:
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        make_book(**fields)


@pytest.mark.parametrize(
    ("field", "fields"),
    [
        ("isbn_13", {"isbn_13": "9780306406158"}),
        ("isbn_13", {"isbn_13": "9790001016643"}),
        ("currency", {"price": Decimal(1), "currency": "XXX"}),
        ("price", {"price": Decimal("1.50"), "currency": "JPY"}),
    ],
)
def test_new_values_that_cannot_exist_are_rejected_at_their_field(field: str, fields: dict[str, Any]) -> None:
    stored = make_book(**fields)
    stored.title = "Another title"
    stored.full_clean()

    with pytest.raises(ValidationError) as caught:
        Book(title="New", **fields).full_clean()
    assert list(caught.value.message_dict) == [field]


def test_a_source_key_is_unique_within_its_source() -> None:
    make_book(source="open_library", source_key="OL1W")
    make_book(source="manual", source_key="OL1W")

    with pytest.raises(IntegrityError, match="source_key"), transaction.atomic():
        make_book(source="open_library", source_key="OL1W")


def test_a_book_lists_an_author_once() -> None:
    book, author = make_book(), Author.objects.create(name="Ann")
    Authorship.objects.create(book=book, author=author)

    with pytest.raises(IntegrityError, match="author_id"), transaction.atomic():
        Authorship.objects.create(book=book, author=author)


def test_referenced_rows_cannot_be_deleted() -> None:
    book = make_book(category=make_category())
    PriceObservation.objects.create(book=book, price=Decimal(5), currency="GBP", availability="in_stock")

    for row in (book.category, book):
        assert row is not None
        with pytest.raises(ProtectedError):
            row.delete()


def test_folded_keys_follow_their_text() -> None:
    book = make_book(title="Éclair")
    assert Book.objects.get().title_key == "eclair"

    book.title = "Ça"
    book.save()
    Category.objects.bulk_create([Category(name="Poésie")])

    assert Book.objects.get().title_key == "ca"
    assert Category.objects.get().name_key == "poesie"


def test_folded_keys_are_cut() -> None:
    book = make_book(title="\ufdfa" * 500)  # each character decomposes into eighteen

    assert len(Book.objects.get(pk=book.pk).title_key or "") == 600
