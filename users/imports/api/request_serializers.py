"""Serializers of request bodies about imports."""

from typing import Any

from drf_spectacular.utils import extend_schema_serializer
from rest_framework import serializers

from books.isbn import MAX_LENGTH
from books.records import MAX_TEXT
from core.api.serializers import (
    StrictBooleanField,
    StrictCharField,
    StrictChoiceField,
    StrictSerializer,
)
from users.imports.jobs.answers import MEDIA_ANSWERS, SHELF_ANSWERS, STATUS_ANSWERS
from users.imports.read_file import FORMAT_NAMES
from users.library.new_books import MAX_AUTHORS
from users.library.serializers import BookIdentifiersSerializer

FORMATS = [(name, name) for name in FORMAT_NAMES]
WITHOUT_STATUS = [(value, value) for value in STATUS_ANSWERS]
MAX_COLUMN = 10_000  # characters of a column's name
ONE_CHANGE = "Send answers, a mapping or a format, not several of them: a mapping or a format reads the file again."


@extend_schema_serializer(component_name="ImportUpload")
class UploadSerializer(StrictSerializer):
    """A library file of another service or of Colophon, at most 20 MB."""

    example = {"file": "Title,Author,Exclusive Shelf\nOdes,Horace,read\n", "format": "goodreads"}
    file = serializers.FileField(help_text="The exported file, as the other service wrote it.")
    format = StrictChoiceField(FORMATS, required=False, help_text="Without it the format is detected.")


@extend_schema_serializer(component_name="ImportChange")
class ChangeSerializer(StrictSerializer):
    """Answers to the questions of the preview, or the meaning of the columns, or the format."""

    example = {"shelves": {"to-buy": "want_to_read"}, "media": {"DVD": "skip"}, "overwrite": False}
    shelves = serializers.DictField(
        child=StrictChoiceField([(value, value) for value in SHELF_ANSWERS]),
        required=False,
        help_text="The status, or `tag`, for each shelf of the preview. Others become tags.",
    )
    media = serializers.DictField(
        child=StrictChoiceField([(value, value) for value in MEDIA_ANSWERS]),
        required=False,
        help_text="`import` or `skip` for each medium of the preview. Others are skipped.",
    )
    without_status = StrictChoiceField(
        WITHOUT_STATUS,
        required=False,
        help_text="The status of new books whose rows state none, or `skip` to leave them out. Without an answer it is "
        "`want_to_read`. Books of the library keep their status.",
    )
    overwrite = StrictBooleanField(
        required=False, help_text="Whether the file replaces what the library states. Otherwise it only fills gaps."
    )
    mapping = serializers.DictField(
        child=StrictCharField(max_length=MAX_COLUMN, trim_whitespace=False),
        required=False,
        help_text="The column of the file for each field that it has. The file is read again.",
    )
    format = StrictChoiceField(FORMATS, required=False, help_text="The file is read again in this format.")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        has_answers = bool({"shelves", "media", "without_status", "overwrite"} & set(attrs))
        kinds = has_answers + ("mapping" in attrs) + ("format" in attrs)
        if kinds > 1:
            raise serializers.ValidationError(ONE_CHANGE)
        return attrs


@extend_schema_serializer(component_name="ImportRowCorrection")
class CorrectionSerializer(StrictSerializer):
    """New values of a row that was not imported. Fields that are not sent stay as they are."""

    example = {"title": "Odes", "authors": ["Horace"], "isbn": "9780140444223"}
    title = StrictCharField(required=False, max_length=MAX_TEXT["title"])
    authors = serializers.ListField(
        child=StrictCharField(max_length=MAX_TEXT["author"]), required=False, max_length=MAX_AUTHORS
    )
    isbn = StrictCharField(
        required=False, allow_blank=True, max_length=MAX_LENGTH, help_text="ISBN-10 or ISBN-13; empty for none."
    )


@extend_schema_serializer(component_name="ImportRowChoice")
class ChoiceSerializer(BookIdentifiersSerializer):
    """The book that the row means: one of the catalogue, or one of Open Library, which is then added to it."""

    example = {"book": 1}
