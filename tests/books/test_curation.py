"""Fields that staff set through the API are not overwritten by the source until they are released."""

from decimal import Decimal
from typing import Any

import pytest
from rest_framework.test import APIClient

from books.curation import release_fields
from books.ingest import IngestResult, ingest
from books.models import Author, Book, CuratedField, PriceObservation
from books.records import AuthorRecord
from tests.support.factories import make_book, make_category, make_curator, make_record

pytestmark = pytest.mark.django_db
RECORD: dict[str, Any] = {
    "source_key": "upc-1",
    "title": "Source title",
    "price": Decimal("10.00"),
    "category": "Travel",
}


@pytest.fixture
def book() -> Book:
    ingest_record()
    return Book.objects.get()


def ingest_record(**changes: Any) -> IngestResult:
    return ingest([make_record(**{**RECORD, **changes})])


def patch_book(client: APIClient, book: Book, **changes: Any) -> None:
    response = client.patch(f"/api/books/{book.pk}", changes)
    assert response.status_code == 200, response.content
    book.refresh_from_db()


def test_ingest_keeps_curated_values(staff_client: APIClient, book: Book) -> None:
    poetry = make_category("Poetry")
    patch_book(staff_client, book, title="Our title", price="12.50", category=poetry.pk)

    results = [ingest_record(title=f"Source title {number}", price=Decimal(number)) for number in range(5, 15)]

    book.refresh_from_db()
    assert (book.title, book.title_key) == ("Our title", "our title")
    assert (book.price, book.category) == (Decimal("12.50"), poetry)
    assert all(result == IngestResult(unchanged=1) for result in results)
    source_values = {curated.field: curated.source_value for curated in CuratedField.objects.all()}
    assert source_values == {"title": "Source title 14", "price": "14.00", "currency": "GBP", "category": "Travel"}


def test_ingest_updates_fields_that_are_not_curated(staff_client: APIClient, book: Book) -> None:
    patch_book(staff_client, book, title="Our title")

    assert ingest_record(stock=1, rating=1) == IngestResult(updated=1)
    book.refresh_from_db()
    assert (book.title, book.stock, book.rating) == ("Our title", 1, 1)


def test_ingest_sets_released_fields(staff_client: APIClient, book: Book) -> None:
    patch_book(staff_client, book, title="Our title")

    assert release_fields([book]) == 1
    assert ingest_record() == IngestResult(updated=1)
    book.refresh_from_db()
    assert book.title == "Source title"


def test_the_price_history_contains_no_curated_price(staff_client: APIClient, book: Book) -> None:
    patch_book(staff_client, book, price="1.00")
    ingest_record(price=Decimal("11.00"))
    ingest_record(price=Decimal("11.00"))

    book.refresh_from_db()
    assert book.price == Decimal("1.00")
    prices = PriceObservation.objects.order_by("pk").values_list("price", flat=True)
    assert list(prices) == [Decimal("10.00"), Decimal("11.00")]


def test_unchanged_values_are_not_curated(staff_client: APIClient, book: Book) -> None:
    patch_book(staff_client, book, title="Source title", price="10.00")

    assert not CuratedField.objects.exists()


def test_manual_books_have_no_curated_fields(staff_client: APIClient) -> None:
    book = make_book(title="By hand")

    patch_book(staff_client, book, title="By another hand")

    assert book.title == "By another hand"
    assert not CuratedField.objects.exists()


def test_ingest_keeps_curated_authors(staff_client: APIClient) -> None:
    record = make_record(source="open_library", source_key="OL1W", authors=(AuthorRecord("OL1A", "Tolstoi"),))
    ingest([record])
    book = Book.objects.get()
    author = Author.objects.create(name="Leo Tolstoy")
    patch_book(staff_client, book, authors=[author.pk])

    ingest([record])

    assert list(book.authors.all()) == [author]
    assert CuratedField.objects.get().source_value == ["Tolstoi"]


def test_a_second_change_keeps_the_source_value(staff_client: APIClient, book: Book) -> None:
    patch_book(staff_client, book, title="One")
    second_client = APIClient()
    second_client.force_login(make_curator(email="second@example.org"))
    patch_book(second_client, book, title="Two")

    curated = CuratedField.objects.get()
    assert curated.source_value == "Source title"
    assert curated.by is not None
    assert curated.by.email == "second@example.org"


def test_history_contains_changes_by_people_only(staff_client: APIClient, book: Book) -> None:
    patch_book(staff_client, book, title="Our title")
    assert ingest_record(title="New", stock=2) == IngestResult(updated=1)

    (change,) = book.history.all()
    assert (change.title, change.history_user.email) == ("Our title", "staff@example.org")
    assert change.history_change_reason == "title: Source title → Our title"


def test_history_describes_authors_and_several_fields(staff_client: APIClient, book: Book) -> None:
    author = Author.objects.create(name="Ann")

    patch_book(staff_client, book, authors=[author.pk], rating=None, description="x " * 300)

    reason = book.history.first().history_change_reason
    assert reason.startswith("authors: nothing → Ann; description: ")
    assert " …; rating: " in reason
    assert reason.endswith(" → nothing")
