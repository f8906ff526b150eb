"""What the library sends and takes."""

from decimal import Decimal
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from books.api.serializers import BookSerializer
from books.models import Book
from books.openlibrary.values import as_isbn_13, identifier
from core.api.serializers import ById, StrictModelSerializer, StrictSerializer, Text
from users.library.saving import Wanted
from users.models.library import HALVES, MAX_NOTES, RATINGS, LibraryEntry, Reading

ONE_OF = "Exactly one of work_key, isbn and book says which book."


@extend_schema_field(
    {
        "oneOf": [
            {"type": "string", "enum": [str(r) for r in RATINGS]},
            {"type": "number", "enum": [float(r) for r in RATINGS]},
        ],
        "nullable": True,
    }
)
class HalvesField(serializers.DecimalField):
    """1 to 5 in halves; `"4.5"` as it is sent, and 4.5 as a person writes it."""

    def __init__(self, **options: Any) -> None:
        super().__init__(max_digits=2, decimal_places=1, allow_null=True, required=False, **options)

    def to_internal_value(self, data: Any) -> Decimal:
        if isinstance(data, bool) or not isinstance(data, int | float | str):
            raise serializers.ValidationError(HALVES)
        value: Decimal = super().to_internal_value(data)
        if value not in RATINGS:
            raise serializers.ValidationError(HALVES)
        return value


class ReadingSerializer(StrictModelSerializer):
    """One time that the book was read; either date may be unknown."""

    class Meta:
        model = Reading
        fields = ["id", "started_on", "finished_on"]

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        started, finished = (
            attrs.get(name, getattr(self.instance, name, None)) for name in ("started_on", "finished_on")
        )
        if started and finished and finished < started:
            raise serializers.ValidationError({"finished_on": "A book is finished no earlier than it was started."})
        return attrs


class LibraryEntrySerializer(serializers.ModelSerializer[LibraryEntry]):
    """A book on the caller's shelf."""

    book = BookSerializer()
    readings = ReadingSerializer(many=True)

    class Meta:
        model = LibraryEntry
        fields = ["id", "book", "status", "rating", "notes", "readings", "created_at", "updated_at"]
        read_only_fields = fields


class EntryChangeSerializer(StrictSerializer):
    """What one can change of an entry."""

    status = serializers.ChoiceField(LibraryEntry.Status.choices, required=False)
    rating = HalvesField(help_text=HALVES)
    notes = Text(required=False, allow_blank=True, max_length=MAX_NOTES)


class SaveSerializer(EntryChangeSerializer):
    """Which book to put on the shelf. What it is called and who wrote it the server finds out by itself."""

    work_key = Text(required=False, max_length=64, help_text="Open Library's key of a work: OL45804W.")
    isbn = Text(required=False, max_length=30, help_text="ISBN-10 or 13, with hyphens or without: that very edition.")
    book = ById(queryset=Book.objects.all(), required=False, help_text="A book of the catalogue, by its id.")

    def validate_work_key(self, value: str) -> str:
        key = identifier(value, "W")
        if key is None:
            raise serializers.ValidationError("Not the key of a work, such as OL45804W.")
        return key

    def validate_isbn(self, value: str) -> str:
        number = as_isbn_13(value)
        if number is None:
            raise serializers.ValidationError("Not an ISBN: its length or its check digit is wrong.")
        return number

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        wanted = {name: attrs.pop(name) for name in ("work_key", "isbn", "book") if name in attrs}
        if len(wanted) != 1:
            raise serializers.ValidationError(ONE_OF)
        return {**attrs, "wanted": Wanted(**wanted)}


class EarlierSaveSerializer(SaveSerializer):
    """As the earlier clients send it: what they say of the book is taken, and not believed."""

    title = serializers.JSONField(required=False, allow_null=True, write_only=True)
    author = serializers.JSONField(required=False, allow_null=True, write_only=True)
    cover = serializers.JSONField(required=False, allow_null=True, write_only=True)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        return super().validate({name: attrs[name] for name in attrs if name not in {"title", "author", "cover"}})


class SummarySerializer(serializers.Serializer[Any]):
    """How many entries there are of each status."""

    want_to_read = serializers.IntegerField()
    reading = serializers.IntegerField()
    read = serializers.IntegerField()
    stopped = serializers.IntegerField()
