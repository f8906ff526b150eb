"""The constraints stand in the database: what no serializer and no form has seen is refused all the same."""

from decimal import Decimal
from typing import Any

import pytest
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
def test_the_database_refuses(constraint: str, fields: dict[str, Any]) -> None:
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        make_book(**fields)


def test_a_source_has_a_key_once() -> None:
    make_book(source="open_library", source_key="OL1W")
    make_book(source="manual", source_key="OL1W")

    with pytest.raises(IntegrityError), transaction.atomic():
        make_book(source="open_library", source_key="OL1W")


def test_an_author_stands_on_a_book_once() -> None:
    book, author = make_book(), Author.objects.create(name="Ann")
    Authorship.objects.create(book=book, author=author)

    with pytest.raises(IntegrityError), transaction.atomic():
        Authorship.objects.create(book=book, author=author)


def test_a_category_with_books_and_a_book_with_prices_cannot_be_deleted() -> None:
    book = make_book(category=make_category())
    PriceObservation.objects.create(book=book, price=Decimal(5), currency="GBP", in_stock=True)

    for row in (book.category, book):
        assert row is not None
        with pytest.raises(ProtectedError):
            row.delete()


def test_the_folded_key_follows_its_text() -> None:
    book = make_book(title="Éclair")
    assert Book.objects.get().title_key == "eclair"

    book.title = "Ça"
    book.save()
    Category.objects.bulk_create([Category(name="Poésie")])

    assert Book.objects.get().title_key == "ca"
    assert Category.objects.get().name_key == "poesie"


def test_a_text_that_folds_into_a_very_long_one_can_be_stored() -> None:
    book = make_book(title="\ufdfa" * 500)  # one character that decomposes into eighteen

    assert len(Book.objects.get(pk=book.pk).title_key) == 600
