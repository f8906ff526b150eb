"""The body of a request that writes a book."""

from typing import Any

from rest_framework import serializers

from books.api.serializers import BOOK_EXAMPLE, BookDetailSerializer, with_absolute_cover
from books.availability import from_in_stock, is_in_stock
from books.curation import changed_fields, curate, field_values
from books.input_rules import CHECKED_FIELDS, find_errors
from books.isbn import describe_error, parse_isbn
from books.models import Author, Authorship, Book
from books.openlibrary.values import parse_reference
from books.publication import publish_authors
from books.records import WORK_KEY, WORK_KEY_RULE
from books.uploaded_covers import is_uploaded, is_url_of
from books.work_changes import report_moved_books
from core.api.serializers import StrictBooleanField, StrictCharField, StrictModelSerializer, StrictPrimaryKeyField
from core.db.updates import update_row


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
        report_moved_books({instance.pk: before})
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
