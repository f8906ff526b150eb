"""Serializers of import jobs in responses."""

from dataclasses import asdict
from typing import Any

from drf_spectacular.utils import extend_schema_field, extend_schema_serializer
from rest_framework import serializers

from users.imports.column_suggestions import suggest_columns
from users.imports.jobs.answers import Answers
from users.imports.jobs.lifecycle import find_earlier_mapping
from users.imports.jobs.progress import measure_progress
from users.models import ImportJob, ImportJobRow

TEXTS = serializers.DictField(child=serializers.CharField())
JOB_EXAMPLE = {
    "id": 1,
    "state": "ready",
    "format": "goodreads",
    "file_name": "goodreads_library_export.csv",
    "error": "",
    "created_at": "2026-01-09T12:00:00Z",
    "started_at": None,
    "finished_at": None,
}
OUTCOMES_EXAMPLE = {
    "created": 1, "updated": 0, "unchanged": 0, "merged": 0, "needs_review": 0, "skipped": 0, "failed": 0,
}  # fmt: skip


@extend_schema_serializer(component_name="ImportOutcomes")
class OutcomesSerializer(serializers.Serializer[Any]):
    """Numbers of rows."""

    example = OUTCOMES_EXAMPLE

    def get_fields(self) -> dict[str, serializers.Field[Any, Any, Any, Any]]:
        return {name: serializers.IntegerField() for name in ImportJobRow.Outcome.values}


@extend_schema_serializer(component_name="ImportQuestion")
class QuestionSerializer(serializers.Serializer[Any]):
    """A shelf or a medium of the file that the reader decides on."""

    example = {"name": "to-buy", "rows": 12}
    name = serializers.CharField()
    rows = serializers.IntegerField()


@extend_schema_serializer(component_name="ImportPreview")
class PreviewSerializer(serializers.Serializer[Any]):
    """The effect of the import with the present answers. `repeated` rows are of a book of an earlier row."""

    example = {
        "rows": 1, "outcomes": OUTCOMES_EXAMPLE, "repeated": 0, "without_status": 0, "rounded_ratings": 0,
        "rows_with_problems": 0, "shelves": [{"name": "to-buy", "rows": 1}], "media": [],
    }  # fmt: skip
    rows = serializers.IntegerField()
    outcomes = OutcomesSerializer()
    repeated = serializers.IntegerField()
    without_status = serializers.IntegerField(
        default=0,
        help_text="Rows that state no reading status. The answer `without_status` decides on those of new books.",
    )
    rounded_ratings = serializers.IntegerField(help_text="Ratings that are rounded up to the next half.")
    rows_with_problems = serializers.IntegerField(help_text="Rows with a cell that is not used.")
    shelves = QuestionSerializer(many=True)
    media = QuestionSerializer(many=True)

    def get_attribute(self, instance: ImportJob) -> dict[str, Any] | None:
        return instance.preview or None


@extend_schema_serializer(component_name="ImportProgress")
class ProgressSerializer(serializers.Serializer[Any]):
    """How far the import is. The library is complete without what Open Library adds later."""

    example = {"rows_done": 250, "rows_total": 1000, "lookups_waiting": 80, "expected_seconds": 3}
    rows_done = serializers.IntegerField(source="done", help_text="During an undo, library entries instead of rows.")
    rows_total = serializers.IntegerField(source="total")
    lookups_waiting = serializers.IntegerField(help_text="Rows for which Open Library has to be asked.")
    expected_seconds = serializers.IntegerField(
        allow_null=True, help_text="For the present state, from the rate measured so far; null if it is not known."
    )


@extend_schema_serializer(component_name="ImportUndone")
class UndoneSerializer(serializers.Serializer[Any]):
    """Numbers of library entries. Kept ones were changed by a person since the import."""

    example = {"removed": 1, "restored": 0, "kept": 0}
    removed = serializers.IntegerField()
    restored = serializers.IntegerField()
    kept = serializers.IntegerField()

    def get_attribute(self, instance: ImportJob) -> dict[str, Any] | None:
        return instance.undone or None


@extend_schema_serializer(component_name="ImportAnswers")
class AnswersSerializer(serializers.Serializer[Any]):
    """The answers so far. Without an answer, a shelf becomes a tag, media that are not books are skipped, and new
    books whose rows state no reading status become books to read.
    """

    example = {"shelves": {"to-buy": "want_to_read"}, "media": {}, "without_status": "want_to_read", "overwrite": False}
    shelves = serializers.DictField(child=serializers.CharField())
    media = serializers.DictField(child=serializers.CharField())
    without_status = serializers.CharField()
    overwrite = serializers.BooleanField()

    def to_representation(self, instance: dict[str, Any]) -> dict[str, Any]:
        return {**asdict(Answers()), **instance}


@extend_schema_serializer(component_name="Import")
class JobSerializer(serializers.ModelSerializer[ImportJob]):
    """An import of a library file."""

    example = JOB_EXAMPLE
    error = serializers.CharField(help_text="Why the file cannot be imported, and what to do. Empty without an error.")
    format = serializers.CharField(help_text="The detected or chosen format; empty while the file is being read.")

    class Meta:
        model = ImportJob
        fields = ["id", "state", "format", "file_name", "error", "created_at", "started_at", "finished_at"]
        read_only_fields = fields


@extend_schema_serializer(component_name="ImportDetail")
class JobDetailSerializer(JobSerializer):
    """An import with its preview, the questions of the file, its outcomes and its progress."""

    example = {
        **JOB_EXAMPLE,
        "unknown_columns": [],
        "columns": ["Titel", "Autor"],
        "samples": [{"Titel": "Odes", "Autor": "Horace"}],
        "mapping": {},
        "suggested_mapping": {"title": "Titel", "authors": "Autor"},
        "answers": AnswersSerializer.example,
        "preview": PreviewSerializer.example,
        "outcomes": OUTCOMES_EXAMPLE,
        "undone": None,
        "progress": ProgressSerializer.example,
        "retry_at": None,
    }
    unknown_columns = serializers.ListField(
        child=serializers.CharField(), help_text="Columns that the format does not define. Their cells are kept."
    )
    columns = serializers.ListField(child=serializers.CharField(), help_text="The columns of the file.")
    samples = serializers.ListField(
        child=TEXTS, help_text="The first rows, if a person has to choose the meaning of the columns."
    )
    mapping = serializers.DictField(
        child=serializers.CharField(), help_text="The chosen column for each field; empty for a known format."
    )
    suggested_mapping = serializers.SerializerMethodField(
        help_text="That of an earlier file with the same columns, or one by the names of the columns. Empty unless the "
        "state is needs_mapping."
    )
    answers = AnswersSerializer()
    preview = PreviewSerializer(allow_null=True, help_text="Null until the file has been read.")
    outcomes = OutcomesSerializer(source="count_outcomes")
    undone = UndoneSerializer(allow_null=True, help_text="What the undo did; null without one.")
    progress = serializers.SerializerMethodField()

    class Meta(JobSerializer.Meta):
        fields = [
            *JobSerializer.Meta.fields, "unknown_columns", "columns", "samples", "mapping", "suggested_mapping",
            "answers", "preview", "outcomes", "undone", "progress", "retry_at",
        ]  # fmt: skip
        read_only_fields = fields

    @extend_schema_field(TEXTS)
    def get_suggested_mapping(self, job: ImportJob) -> dict[str, str]:
        if job.state != ImportJob.State.NEEDS_MAPPING:
            return {}
        return find_earlier_mapping(job) or suggest_columns(job.columns)

    @extend_schema_field(ProgressSerializer)
    def get_progress(self, job: ImportJob) -> Any:
        return ProgressSerializer(measure_progress(job)).data
