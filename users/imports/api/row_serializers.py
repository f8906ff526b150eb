"""Serializers of the rows of imported files."""

from typing import Any

from drf_spectacular.utils import extend_schema_field, extend_schema_serializer
from rest_framework import serializers

from books.models import Book
from users.models import ImportJobRow

LOOKUPS = [choice for choice in ImportJobRow.Lookup.choices if choice[0]]
PROBLEM_EXAMPLE = {"field": "Date Read", "message": "“soon” is not a date."}
SUGGESTION_EXAMPLE = {"id": 1, "title": "Odes", "authors": ["Horace"]}


@extend_schema_serializer(component_name="ImportProblem")
class ProblemSerializer(serializers.Serializer[Any]):
    """A cell that was not used. `field` is the column of the file; null if it concerns the whole row."""

    example = PROBLEM_EXAMPLE
    field = serializers.CharField(allow_null=True)
    message = serializers.CharField()


@extend_schema_serializer(component_name="ImportSuggestion")
class SuggestionSerializer(serializers.Serializer[Book]):
    """A book of the catalogue that the row may mean."""

    example = SUGGESTION_EXAMPLE
    id = serializers.IntegerField()
    title = serializers.CharField()
    authors = serializers.SerializerMethodField()

    @extend_schema_field(serializers.ListField(child=serializers.CharField()))
    def get_authors(self, book: Book) -> list[str]:
        return [each.shown_name for each in book.authorships.all()]


@extend_schema_serializer(component_name="ImportRow")
class RowSerializer(serializers.ModelSerializer[ImportJobRow]):
    """A row of the file, and what became of it. The context has the suggested `books` by id."""

    example = {
        "number": 1, "line": 2, "title": "Odes", "authors": ["Horace"], "isbn": None, "outcome": "needs_review",
        "reason": "Other books of the catalogue have this title. Choose one, or keep the book as entered.",
        "problems": [PROBLEM_EXAMPLE], "fields": [], "match": "row", "suggestions": [SUGGESTION_EXAMPLE],
        "lookup": None, "entry": 1, "book": 2,
    }  # fmt: skip
    title = serializers.SerializerMethodField(help_text="As the file states it; null if it states none.")
    authors = serializers.SerializerMethodField()
    isbn = serializers.SerializerMethodField()
    outcome = serializers.ChoiceField(
        ImportJobRow.Outcome.choices, allow_null=True, help_text="Null until the row is imported."
    )
    reason = serializers.CharField(help_text="Why the row has this outcome; may be empty.")
    problems = ProblemSerializer(many=True)
    fields_ = serializers.ListField(
        child=serializers.CharField(), help_text="Fields of the library entry that the row changed."
    )
    match = serializers.CharField(
        help_text="How the book was found: isbn, key, title, work, source (an earlier import), person, or row (a new "
        "book from the row's own data). Empty if it was not."
    )
    suggestions = serializers.SerializerMethodField(help_text="For rows to review: books that the row may mean.")
    lookup = serializers.SerializerMethodField(
        help_text="Whether Open Library has been asked for the book; null if it need not be."
    )
    entry = serializers.IntegerField(source="entry_id", allow_null=True, help_text="The id of the library entry.")
    book = serializers.IntegerField(source="book_id", allow_null=True, help_text="The id of the book.")

    class Meta:
        model = ImportJobRow
        fields = [
            "number", "line", "title", "authors", "isbn", "outcome", "reason", "problems", "fields_", "match",
            "suggestions", "lookup", "entry", "book",
        ]  # fmt: skip
        read_only_fields = fields

    def get_fields(self) -> dict[str, Any]:
        """`fields` cannot be the name of an attribute, because serializers have one."""
        return {name.removesuffix("_"): field for name, field in super().get_fields().items()}

    @extend_schema_field(serializers.CharField(allow_null=True))
    def get_title(self, row: ImportJobRow) -> str | None:
        return self._get_stated(row).get("title")

    @extend_schema_field(serializers.ListField(child=serializers.CharField()))
    def get_authors(self, row: ImportJobRow) -> list[str]:
        return list(self._get_stated(row).get("authors", []))

    @extend_schema_field(serializers.CharField(allow_null=True))
    def get_isbn(self, row: ImportJobRow) -> str | None:
        return self._get_stated(row).get("isbn_13")

    @extend_schema_field(serializers.ChoiceField(LOOKUPS, allow_null=True))
    def get_lookup(self, row: ImportJobRow) -> str | None:
        return row.lookup or None

    @extend_schema_field(SuggestionSerializer(many=True))
    def get_suggestions(self, row: ImportJobRow) -> Any:
        books = self.context.get("books", {})
        suggested: Any = [books[pk] for pk in row.suggestions if pk in books]
        return SuggestionSerializer(suggested, many=True).data

    def _get_stated(self, row: ImportJobRow) -> dict[str, Any]:
        book: dict[str, Any] = row.values.get("book", {})
        return book
