"""Serializers of the catalogue's API."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from books.availability import from_in_stock, is_in_stock
from books.book_rows import FIELDS, BookRow
from books.curation import changed_fields, curate, field_values
from books.input_rules import CHECKED_FIELDS, find_errors
from books.isbn import describe_error, parse_isbn
from books.models import Author, Authorship, Book, Category, PriceObservation, PriceStatus
from books.openlibrary.values import parse_reference
from books.publication import publish_authors
from books.records import WORK_KEY, WORK_KEY_RULE
from books.uploaded_covers import is_uploaded, is_url_of, make_absolute
from core.api.serializers import StrictBooleanField, StrictCharField, StrictModelSerializer, StrictPrimaryKeyField
from core.db.updates import update_row

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
    """What a source stated at a moment."""

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


class BookWriteSerializer(StrictModelSerializer):
    """A book as staff write it: authors and category by id. The response is the book as `GET` returns it."""

    # Without ids, because those of the authors and categories depend on the database.
    example = {
        name: BOOK_EXAMPLE[name]
        for name in (
            "title",
            "isbn_13",
            "price",
            "currency",
            "availability",
            "stock",
            "rating",
            "description",
            "languages",
        )
    }
    authors = StrictPrimaryKeyField(
        many=True,
        required=False,
        queryset=Author.objects.all(),
        help_text="Author ids, in the order of the title page.",
    )
    isbn_13 = StrictCharField(
        required=False, allow_null=True, max_length=17, help_text="ISBN-10 or ISBN-13, hyphens optional."
    )
    currency = serializers.RegexField(
        "^[A-Z]{3}$",
        required=False,
        allow_null=True,
        help_text="ISO 4217, such as GBP.",
        error_messages={"invalid": "Three capital letters, such as GBP (ISO 4217)."},
    )
    in_stock = StrictBooleanField(
        required=False,
        allow_null=True,
        help_text="Short for the availabilities `in_stock`, `out_of_stock` and, for null, `unknown`.",
    )
    languages = serializers.ListField(child=StrictCharField(max_length=64), required=False, max_length=100)

    class Meta:
        model = Book
        fields = [
            "title", "subtitle", "authors", "category", "upc", "isbn_13", "work_key", "first_publish_year", "price",
            "currency", "in_stock", "availability", "stock", "rating", "cover_url", "product_url", "description",
            "languages",
        ]  # fmt: skip
        extra_kwargs = {
            name: {"allow_blank": False}
            for name in ("subtitle", "upc", "work_key", "cover_url", "product_url", "description")
        }

    def to_internal_value(self, data: Any) -> Any:
        """Leaves the URL of the book's uploaded cover out, so that a client can send a book back as it received it."""
        stored: Any = getattr(self.instance, "cover_url", None)
        if isinstance(data, dict) and is_uploaded(stored) and is_url_of(data.get("cover_url"), stored):
            data = {name: value for name, value in data.items() if name != "cover_url"}
        return super().to_internal_value(data)

    def validate_work_key(self, value: str | None) -> str | None:
        """Returns the key in upper case; addresses of Open Library are valid as well."""
        key = parse_reference(value) if value else None
        if value and (key is None or not WORK_KEY.fullmatch(key)):
            raise serializers.ValidationError(WORK_KEY_RULE)
        return key

    def validate_isbn_13(self, value: str | None) -> str | None:
        if not value or value == getattr(self.instance, "isbn_13", None):
            return value
        number = parse_isbn(value)
        if number is None:
            raise serializers.ValidationError(describe_error(value))
        return number

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        stored = {name: getattr(self.instance, name, None) for name in CHECKED_FIELDS}
        values = {**stored, **attrs}
        if (values["price"] is None) != (values["currency"] is None):
            raise serializers.ValidationError({"currency": "State a price and its currency together, or neither."})
        if errors := find_errors(values, stored):
            raise serializers.ValidationError(errors)
        if "in_stock" in attrs:
            attrs["availability"] = self._choose_availability(attrs.pop("in_stock"), attrs.get("availability"))
        return attrs

    def _choose_availability(self, in_stock: bool | None, stated: str | None) -> str:  # noqa: FBT001  a field's value
        """A stored availability that agrees, such as a preorder, is more exact than `in_stock` alone."""
        if stated is not None and is_in_stock(stated) != in_stock:
            raise serializers.ValidationError(
                {"in_stock": f"It contradicts the availability {stated!r}. Leave one out."}
            )
        stored: str | None = getattr(self.instance, "availability", None)
        if stated is None and stored is not None and is_in_stock(stored) == in_stock:
            return stored
        return stated or from_in_stock(in_stock)

    def create(self, validated_data: dict[str, Any]) -> Book:
        authors = validated_data.pop("authors", [])
        book = Book.objects.create(**validated_data)
        self._replace_authors(book, authors)
        return book

    def update(self, instance: Book, validated_data: dict[str, Any]) -> Book:
        before = field_values(instance)
        authors = validated_data.pop("authors", None)
        for name, value in validated_data.items():
            setattr(instance, name, value)
        # Other fields are not saved: a crawl may have changed them since the book was loaded.
        update_row(instance, [*validated_data, "title_key", "updated_at"])
        if authors is not None:
            self._replace_authors(instance, authors)
        fields = changed_fields(before, field_values(instance))
        curate(instance, fields, before=before, by=self.context["request"].user)
        return instance

    def _replace_authors(self, book: Book, authors: list[Author]) -> None:
        """Authors that stay keep the name that the book states."""
        names = dict(book.authorships.values_list("author", "name"))
        book.authorships.all().delete()
        Authorship.objects.bulk_create(
            Authorship(book=book, author=author, position=position, name=names.get(author.pk))
            for position, author in enumerate(dict.fromkeys(authors))
        )
        publish_authors([book.pk])

    @property
    def data(self) -> Any:
        if not hasattr(self, "initial_data"):
            return super().data
        assert isinstance(self.instance, Book)
        book = Book.objects.listed().get(pk=self.instance.pk)
        return BookDetailSerializer(book, context=self.context).data

    def to_representation(self, instance: Book) -> dict[str, Any]:
        """The fields in the form of a PUT body: the browsable API fills its editor with them."""
        authors = [authorship.author_id for authorship in instance.authorships.all()]
        row = {**super().to_representation(instance), "authors": authors}
        return with_absolute_cover(row, self.context)
