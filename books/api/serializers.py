"""Serializers of the catalogue's API."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from books.book_rows import FIELDS, BookRow
from books.models import Author, Book, Category, PriceObservation, PriceStatus
from books.uploaded_covers import is_uploaded, make_absolute
from core.api.serializers import StrictModelSerializer

BOOK_EXAMPLE: dict[str, Any] = {
    "id": 1,
    "title": "A Light in the Attic",
    "subtitle": None,
    "authors": [{"id": 1, "name": "Shel Silverstein"}],
    "category": {"id": 1, "name": "Poetry"},
    "source": "books_to_scrape",
    "source_key": "a897fe39b1053632",
    "upc": "a897fe39b1053632",
    "isbn_13": "9780060256739",
    "work_key": "OL2731597W",
    "first_publish_year": 1981,
    "price": "51.77",
    "currency": "GBP",
    "price_status": "current",
    "previous_price": "55.10",
    "change_percent": "-6.04",
    "price_changed_at": "2026-01-20T06:00:00Z",
    "lowest_price": "49.90",
    "lowest_on": "2026-01-09",
    "highest_price": "55.10",
    "tracked_since": "2026-01-01T06:00:00Z",
    "tracked_currency": "GBP",
    "in_stock": True,
    "availability": "in_stock",
    "stock": 22,
    "rating": 3,
    "cover_url": "https://books.toscrape.com/media/cache/fe/72/fe72f0532301ec28892ae79a629a293c.jpg",
    "product_url": "https://books.toscrape.com/catalogue/a-light-in-the-attic_1000/index.html",
    "is_published": True,
    "missing_since": None,
    "last_checked_at": "2026-01-31T06:00:00Z",
    "created_at": "2026-01-01T06:00:00Z",
    "updated_at": "2026-01-31T06:00:00Z",
    "description": "Poems and drawings.",
    "languages": ["eng"],
}


def with_absolute_cover(row: BookRow, context: dict[str, Any]) -> BookRow:
    if not is_uploaded(row["cover_url"]):
        return row
    return {**row, "cover_url": make_absolute(row["cover_url"], context.get("request"))}


class AuthorSerializer(StrictModelSerializer):
    """An author."""

    example = {"id": 1, "name": "Ursula K. Le Guin"}

    class Meta:
        model = Author
        fields = ["id", "name"]


class CategorySerializer(StrictModelSerializer):
    """A category under which a source lists books."""

    example = {"id": 1, "name": "Essays on travel"}

    class Meta:
        model = Category
        fields = ["id", "name"]
        # The database's unique constraint decides: a duplicate name is a conflict (409), not invalid input.
        extra_kwargs: dict[str, dict[str, Any]] = {"name": {"validators": []}}


class PriceObservationSerializer(serializers.ModelSerializer[PriceObservation]):
    """The statement of a source at a given time."""

    example = {
        "observed_at": "2026-01-31T06:00:00Z", "price": "51.77", "currency": "GBP", "in_stock": True,
        "availability": "in_stock", "stock": 22,
    }  # fmt: skip

    class Meta:
        model = PriceObservation
        fields = ["observed_at", "price", "currency", "in_stock", "availability", "stock"]
        read_only_fields = fields


class BookSerializer(serializers.ModelSerializer[Book]):
    """A book in lists."""

    example: dict[str, Any] = BOOK_EXAMPLE
    authors = serializers.SerializerMethodField()
    category = CategorySerializer(allow_null=True)
    price_status = serializers.ChoiceField(
        PriceStatus.choices,
        read_only=True,
        allow_null=True,
        help_text="`pending_review` while a price that the source stated waits for a decision by staff; null without a "
        "price.",
    )
    last_checked_at = serializers.DateTimeField(
        read_only=True,
        allow_null=True,
        help_text="When the source last confirmed the book; null for a book entered by hand.",
    )

    class Meta:
        model = Book
        fields = FIELDS
        read_only_fields = fields

    @extend_schema_field(AuthorSerializer(many=True))
    def get_authors(self, book: Book) -> list[dict[str, Any]]:
        return [{"id": a.author.pk, "name": a.shown_name} for a in book.authorships.all()]

    def to_representation(self, instance: Book | BookRow) -> Any:
        """Lists load rows that are already in their JSON form."""
        row: BookRow = instance if isinstance(instance, dict) else super().to_representation(instance)
        return with_absolute_cover(row, self.context)


class BookDetailSerializer(BookSerializer):
    class Meta(BookSerializer.Meta):
        fields = [*BookSerializer.Meta.fields, "description", "languages"]
        read_only_fields = fields
