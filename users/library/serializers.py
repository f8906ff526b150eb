"""Serializers of library entries and readings."""

from typing import Any

from drf_spectacular.utils import extend_schema_field, extend_schema_serializer
from rest_framework import serializers

from books.api.serializers import BOOK_EXAMPLE, BookSerializer
from books.isbn import MAX_LENGTH, describe_error, parse_isbn
from books.models import Book
from books.openlibrary.values import parse_reference
from core.api.serializers import (
    StrictBooleanField,
    StrictCharField,
    StrictChoiceField,
    StrictModelSerializer,
    StrictPrimaryKeyField,
    StrictSerializer,
)
from users.library.editions import MAX_IDS
from users.library.fields import PartialDateField, ProgressSerializer, RatingField, StrictDateField, TagsField
from users.library.saving import SaveRequest
from users.library.visibility import visible_books
from users.models import EntryOrigin, LibraryEntry, Reading, Tag
from users.models.library import MAX_NOTES, MAX_REVIEW, RATING_RULE

BOOK_FIELDS = ("work_key", "isbn", "book")
IGNORED_FIELDS = ("title", "author", "cover")
READING_EXAMPLE = {"id": 1, "started_on": "2026-01", "finished_on": "2026-01-09", "outcome": "finished"}
CHANGE_EXAMPLE = {
    "status": "read",
    "rating": "4.5",
    "progress": None,
    "review": "A surprising end.",
    "contains_spoilers": False,
    "notes": "Read on the train.",
    "tags": ["crime", "holiday"],
    "owned": True,
    "format": "paper",
    "added_on": "2026-01-02",
}


class ReadingSerializer(StrictModelSerializer):
    """One time the book was read. Either date may be unknown, or known as a month (2026-01) or a year (2026) only.

    A reading with a finish date and without an outcome is stored as finished.
    """

    example = READING_EXAMPLE
    form_fields = ("started_on", "finished_on", "outcome")
    started_on = PartialDateField()
    finished_on = PartialDateField(help_text="When the book was finished or abandoned.")

    class Meta:
        model = Reading
        fields = ["id", "started_on", "finished_on", "outcome"]

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        started, finished = (
            attrs.get(name, getattr(self.instance, name, None)) for name in ("started_on", "finished_on")
        )
        if started and finished and finished.is_certainly_before(started):
            raise serializers.ValidationError({"finished_on": "The finish date must not be before the start date."})
        return attrs


class OriginSerializer(serializers.ModelSerializer[EntryOrigin]):
    """The row of an imported file from which the entry was made or completed."""

    example = {"source": "goodreads", "id": "13554058"}
    id = serializers.CharField(source="source_id", help_text="The row's identity in the source; may be empty.")

    class Meta:
        model = EntryOrigin
        fields = ["source", "id"]


class LibraryEntrySerializer(serializers.ModelSerializer[LibraryEntry]):
    """A book in the caller's library."""

    example = {
        "id": 1,
        "book": {name: value for name, value in BOOK_EXAMPLE.items() if name in BookSerializer.Meta.fields},
        **CHANGE_EXAMPLE,
        "readings": [READING_EXAMPLE],
        "other_editions": [12],
        "imported_from": [OriginSerializer.example],
        "created_at": "2026-01-02T18:00:00Z",
        "updated_at": "2026-01-09T21:30:00Z",
    }
    book = BookSerializer()
    progress = serializers.SerializerMethodField()
    tags = TagsField()
    readings = ReadingSerializer(many=True)
    other_editions = serializers.ListField(
        child=serializers.IntegerField(),
        help_text=f"The ids of other entries of the same work in this library, at most {MAX_IDS}. `?work=` lists all.",
    )
    imported_from = OriginSerializer(many=True, source="origins")

    class Meta:
        model = LibraryEntry
        fields = [
            "id", "book", "status", "rating", "progress", "review", "contains_spoilers", "notes", "tags", "owned",
            "format", "added_on", "readings", "other_editions", "imported_from", "created_at", "updated_at",
        ]  # fmt: skip
        read_only_fields = fields

    @extend_schema_field(ProgressSerializer(allow_null=True))
    def get_progress(self, entry: LibraryEntry) -> dict[str, int] | None:
        return entry.progress


@extend_schema_serializer(component_name="LibraryEntryChange")
class EntryChangeSerializer(StrictSerializer):
    """The fields of an entry that its owner can change."""

    example: dict[str, Any] = CHANGE_EXAMPLE
    status = StrictChoiceField(LibraryEntry.Status.choices, required=False)
    rating = RatingField(help_text=RATING_RULE)
    progress = ProgressSerializer(required=False, allow_null=True)
    review = StrictCharField(required=False, allow_blank=True, max_length=MAX_REVIEW)
    contains_spoilers = StrictBooleanField(required=False, help_text="Whether the review reveals the plot.")
    notes = StrictCharField(required=False, allow_blank=True, max_length=MAX_NOTES, help_text="Private.")
    tags = TagsField(help_text="Replace the entry's tags.")
    owned = StrictBooleanField(required=False, help_text="Whether the reader has a copy.")
    format = StrictChoiceField(LibraryEntry.Format.choices, required=False)
    added_on = StrictDateField(required=False, allow_null=True)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if "progress" not in attrs:
            return attrs
        progress = attrs["progress"] or {}
        fields = {name: value for name, value in attrs.items() if name != "progress"}
        return {**fields, "progress_page": progress.get("page"), "progress_percent": progress.get("percent")}


class VisibleBookField(StrictPrimaryKeyField):
    """The id of a book that the caller may see: a hidden one is reported like one that does not exist."""

    def get_queryset(self) -> Any:
        return visible_books(getattr(self.context.get("request"), "user", None))


class BookIdentifiersSerializer(StrictSerializer):
    """Exactly one of `work_key`, `isbn` and `book`, validated to a `save_request`.

    Empty identifiers count as not sent, because forms send all their fields.
    """

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
            raise serializers.ValidationError(describe_error(value))
        return isbn_13

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        values = {name: attrs.pop(name, None) for name in BOOK_FIELDS}
        identifiers = {name: value for name, value in values.items() if value is not None}
        if len(identifiers) != 1:
            raise serializers.ValidationError("Send exactly one of work_key, isbn and book.")
        if str(identifiers.get("work_key", "")).endswith("M"):
            identifiers = {"edition_key": identifiers["work_key"]}
        return {**super().validate(attrs), "save_request": SaveRequest(**identifiers)}


@extend_schema_serializer(component_name="Save")
class SaveSerializer(BookIdentifiersSerializer, EntryChangeSerializer):
    """Identifies the book to save. The server reads its title and authors itself.

    Empty identifiers count as not sent, because forms send all their fields.
    """

    form_fields = ("work_key",)
    example: dict[str, Any] = {"book": 1, "status": "want_to_read"}
    status = StrictChoiceField(LibraryEntry.Status.choices, required=False, allow_null=True)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if attrs.get("status", "") is None:
            del attrs["status"]
        return super().validate(attrs)


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

    example = {"want_to_read": 12, "reading": 2, "paused": 1, "read": 40, "stopped": 1}
    want_to_read = serializers.IntegerField()
    reading = serializers.IntegerField()
    paused = serializers.IntegerField()
    read = serializers.IntegerField()
    stopped = serializers.IntegerField()


@extend_schema_serializer(component_name="Tag")
class TagSerializer(serializers.ModelSerializer[Tag]):
    """A tag of the library, with the number of its entries."""

    example = {"name": "crime", "number": 4}
    number = serializers.IntegerField()

    class Meta:
        model = Tag
        fields = ["name", "number"]
        read_only_fields = fields
