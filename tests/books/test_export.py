"""The CSV export: one row a book, without cells that a spreadsheet would run as formulas."""

import pytest

from books.export import COLUMNS, escape_formula, export_rows
from books.models import Book
from tests.support.factories import make_book, make_category


@pytest.mark.parametrize(
    ("value", "cell"),
    [
        ("=1+1", "'=1+1"), ("+1", "'+1"), ("-1", "'-1"), ("@cmd", "'@cmd"), ("＝1", "'＝1"), ("\t=1", "'\t'=1"),
        ("Odes;=1", "Odes;'=1"), ("a\n-1", "a\n'-1"), ("1 + 1 = 2", "1 + 1 = 2"), (-800, "-800"), (None, ""),
    ],
)  # fmt: skip
def test_formulas_are_escaped(value: object, cell: str) -> None:
    assert escape_formula(value) == cell


@pytest.mark.django_db
def test_a_row_contains_the_columns_of_a_book() -> None:
    make_book(
        title="Odes", authors=["@Ann", "Bob"], category=make_category("Poetry"), price="5.00", currency="GBP",
        in_stock=True, first_publish_year=-23, source="books_to_scrape", source_key="k1", upc="123",
    )  # fmt: skip

    (row,) = export_rows(Book.objects.all())

    exported = dict(zip(COLUMNS, row, strict=True))
    assert exported == {
        "id": str(Book.objects.get().pk), "title": "Odes", "authors": "'@Ann; Bob", "category": "Poetry",
        "source": "books_to_scrape", "source_key": "k1", "upc": "123", "isbn_13": "", "work_key": "",
        "first_publish_year": "-23", "price": "5.00", "currency": "GBP", "in_stock": "True", "stock": "",
        "rating": "", "product_url": "",
    }  # fmt: skip
