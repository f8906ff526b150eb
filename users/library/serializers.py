"""Serializers of library entries and readings."""

import re
from decimal import Decimal
from typing import Any

from drf_spectacular.utils import extend_schema_field, extend_schema_serializer
from rest_framework import serializers

from books.api.serializers import BOOK_EXAMPLE, BookSerializer
from books.isbn import MAX_LENGTH, parse_isbn
from books.models import Book
from books.openlibrary.values import parse_reference
from core.api.serializers import (
    StrictCharField,
    StrictChoiceField,
    StrictModelSerializer,
    StrictPrimaryKeyField,
    StrictSerializer,
)
from users.library.saving import SaveRequest
from users.library.visibility import visible_books
from users.models.library import MAX_NOTES, RATING_RULE, RATING_SCHEMA, RATINGS, LibraryEntry, Reading

BOOK_FIELDS = ("work_key", "isbn", "book")
RATING_TEXT = r"[1-4](\.[05])?|5(\.0)?"
IGNORED_FIELDS = ("title", "author", "cover")
READING_EXAMPLE = {"id": 1, "started_on": "2026-01-02", "finished_on": "2026-01-09"}
CHANGE_EXAMPLE = {"status": "read", "rating": "4.5", "notes": "Read on the train."}


@extend_schema_field(
    {
        "oneOf": [RATING_SCHEMA, {"type": "string", "pattern": f"^({RATING_TEXT})?$"}],
        "nullable": True,
        "example": "4.5",
    }
)
class RatingField(serializers.DecimalField):
    """1 to 5 in halves. Responses contain the string "4.5"; requests may contain the number as well. "" is null."""

    def __init__(self, **options: Any) -> None:
        super().__init__(max_digits=2, decimal_places=1, allow_null=True, required=False, **options)

    def to_internal_value(self, data: Any) -> Decimal:
        if isinstance(data, bool) or not isinstance(data, int | float | str):
            raise serializers.ValidationError(RATING_RULE)
        if isinstance(data, str) and not re.fullmatch(RATING_TEXT, data):
            raise serializers.ValidationError(RATING_RULE)
        rating: Decimal = super().to_internal_value(data)
        if rating not in RATINGS:
            raise serializers.ValidationError(RATING_RULE)
        return rating


class ReadingSerializer(StrictModelSerializer):
    """One time the book was read. Either date may be unknown."""

    example = READING_EXAMPLE
    form_fields = ("started_on", "finished_on")

    class Meta:
        model = Reading
        fields = ["id", "started_on", "finished_on"]

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        started, finished = (
            attrs.get(name, getattr(self.instance, name, None)) for name in ("started_on", "finished_on")
        )
        if started and finished and finished < started:
            raise serializers.ValidationError({"finished_on": "The finish date must not be before the start date."})
        return attrs


class LibraryEntrySerializer(serializers.ModelSerializer[LibraryEntry]):
    """A book in the caller's library."""

    example = {
        "id": 1,
        "book": {name: value for name, value in BOOK_EXAMPLE.items() if name in BookSerializer.Meta.fields},
        **CHANGE_EXAMPLE,
        "readings": [READING_EXAMPLE],
        "created_at": "2026-01-02T18:00:00Z",
        "updated_at": "2026-01-09T21:30:00Z",
    }
    book = BookSerializer()
    readings = ReadingSerializer(many=True)

    class Meta:
        model = LibraryEntry
        fields = ["id", "book", "status", "rating", "notes", "readings", "created_at", "updated_at"]
        read_only_fields = fields


@extend_schema_serializer(component_name="LibraryEntryChange")
class EntryChangeSerializer(StrictSerializer):
    """The fields of an entry that its owner can change."""

    example: dict[str, Any] = CHANGE_EXAMPLE
    status = StrictChoiceField(LibraryEntry.Status.choices, required=False)
    rating = RatingField(help_text=RATING_RULE)
    notes = StrictCharField(required=False, allow_blank=True, max_length=MAX_NOTES)


class VisibleBookField(StrictPrimaryKeyField):
    """The id of a book that the caller may see: a hidden one is reported like one that does not exist."""

    def get_queryset(self) -> Any:
        return visible_books(getattr(self.context.get("request"), "user", None))


@extend_schema_serializer(component_name="Save")
class SaveSerializer(EntryChangeSerializer):
    """Identifies the book to save. The server reads its title and authors itself.

    Empty identifiers count as not sent, because forms send all their fields.
    """

    form_fields = ("work_key",)
    example: dict[str, Any] = {"book": 1, "status": "want_to_read"}
    status = StrictChoiceField(LibraryEntry.Status.choices, required=False, allow_null=True)
    work_key = StrictCharField(
        required=False,
        allow_null=True,
        allow_blank=True,
        max_length=500,
        help_text="The Open Library key of a work (OL45804W) or an edition (OL7353617M), or the address of its page.",
    )
    isbn = StrictCharField(
        required=False,
        allow_null=True,
        allow_blank=True,
        max_length=MAX_LENGTH,
        help_text="ISBN-10 or ISBN-13, with or without hyphens, of an edition.",
    )
    book = VisibleBookField(
        queryset=Book.objects.all(),
        required=False,
        allow_null=True,
        help_text="The id of a book in the catalogue.",
    )

    def validate_work_key(self, value: str | None) -> str | None:
        if not value:
            return None
        key = parse_reference(value)
        if key is None:
            message = "Not a key of Open Library, such as OL45804W. It is part of the address of the book's page there."
            raise serializers.ValidationError(message)
        return key

    def validate_isbn(self, value: str | None) -> str | None:
        if not value:
            return None
        isbn_13 = parse_isbn(value)
        if isbn_13 is None:
            raise serializers.ValidationError("Not an ISBN: its length or its check digit is wrong.")
        return isbn_13

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        values = {name: attrs.pop(name, None) for name in BOOK_FIELDS}
        identifiers = {name: value for name, value in values.items() if value is not None}
        if attrs.get("status", "") is None:
            del attrs["status"]
        if len(identifiers) != 1:
            raise serializers.ValidationError("Send exactly one of work_key, isbn and book.")
        if str(identifiers.get("work_key", "")).endswith("M"):
            identifiers = {"edition_key": identifiers["work_key"]}
        return {**attrs, "save_request": SaveRequest(**identifiers)}


class EarlierSaveSerializer(SaveSerializer):
    """Accepts the book data that clients of the earlier service send, and ignores it."""

    title = serializers.JSONField(required=False, allow_null=True, write_only=True)
    author = serializers.JSONField(required=False, allow_null=True, write_only=True)
    cover = serializers.JSONField(required=False, allow_null=True, write_only=True)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        return super().validate({name: value for name, value in attrs.items() if name not in IGNORED_FIELDS})


@extend_schema_serializer(component_name="LibrarySummary")
class SummarySerializer(serializers.Serializer[Any]):
    """The number of entries of each status."""

    example = {"want_to_read": 12, "reading": 2, "read": 40, "stopped": 1}
    want_to_read = serializers.IntegerField()
    reading = serializers.IntegerField()
    read = serializers.IntegerField()
    stopped = serializers.IntegerField()
