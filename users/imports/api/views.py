"""The API of imports: `/api/imports`. Each caller sees only their own, staff as well."""

from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.core.exceptions import ValidationError as DjangoValidationError
from django.db.models import QuerySet
from django.http.response import HttpResponseBase
from django.urls import reverse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema, extend_schema_view
from rest_framework import mixins, viewsets
from rest_framework.decorators import action
from rest_framework.parsers import BaseParser, MultiPartParser
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer, ValidationError
from rest_framework.throttling import BaseThrottle

from core.api.downloads import respond_with_file
from core.api.personal_data import NeverStored
from core.api.query_parameters import DeclaredParametersMixin
from core.api.throttling import CountsAttempts
from core.exceptions import Conflict, PayloadTooLarge
from core.web.body_limits import AcceptsLargeBodies
from users.accounts.views import get_account
from users.imports.api.job_serializers import JobDetailSerializer, JobSerializer
from users.imports.api.request_serializers import ChangeSerializer, UploadSerializer
from users.imports.api.throttles import UploadsPerAccountThrottle
from users.imports.jobs import lifecycle, review, tasks
from users.imports.read_file import MAX_BYTES
from users.models import ImportJob

FORM_BYTES = 64 * 1024  # of an upload, besides the file
TOO_LARGE = f"file: The file is larger than {MAX_BYTES // 1024**2} MB. Split it into several files."
LOCATION = OpenApiParameter("Location", str, "header", response=[201], description="The address of the import.")
CSV = OpenApiResponse(OpenApiTypes.STR, "The file's own columns, then the line, the outcome and the reason.")


class ImportErrors:
    """View mixin: maps the errors of the services. One of a field is 422; one of the import's state is 409."""

    def handle_exception(self, exc: Exception) -> Response:
        response: Response = super().handle_exception(to_api_error(exc))  # type: ignore[misc]  # of a view
        return response


def to_api_error(error: Exception) -> Exception:
    if not isinstance(error, DjangoValidationError):
        return error
    if hasattr(error, "error_dict"):
        return ValidationError({name.removesuffix("_13"): texts for name, texts in error.message_dict.items()})
    return Conflict(" ".join(error.messages))


@extend_schema_view(
    list=extend_schema(summary="List your imports, newest first"),
    retrieve=extend_schema(summary="Get an import with its preview, its outcomes and its progress"),
)
class ImportJobViewSet(
    ImportErrors,
    CountsAttempts,
    NeverStored,
    AcceptsLargeBodies,
    DeclaredParametersMixin,
    mixins.ListModelMixin,
    mixins.RetrieveModelMixin,
    viewsets.GenericViewSet[ImportJob],
):
    """Imports of library files. A file is read in the background, and nothing is saved before the commit."""

    queryset = ImportJob.objects.all()
    permission_classes = [IsAuthenticated]
    lookup_value_regex = "[0-9]{1,100}"
    large_bodies = {"create": MAX_BYTES + FORM_BYTES}
    further_errors = {
        "create": {409, 413},
        **{name: {409} for name in ("partial_update", "commit", "cancel", "undo", "retry")},
    }  # for the schema

    def get_queryset(self) -> QuerySet[ImportJob]:
        return super().get_queryset().filter(user=get_account(self.request))

    def handle_exception(self, exc: Exception) -> Response:
        is_upload = getattr(self, "action", "") == "create"
        is_too_large = is_upload and isinstance(exc, RequestDataTooBig)
        return super().handle_exception(PayloadTooLarge(TOO_LARGE) if is_too_large else exc)

    def get_parsers(self) -> list[BaseParser]:
        """The action is not known yet."""
        is_upload = getattr(self.request, "method", "") == "POST" and not self.detail
        return [MultiPartParser()] if is_upload else super().get_parsers()

    def get_throttles(self) -> list[BaseThrottle]:
        return [UploadsPerAccountThrottle()] if self.action == "create" else []

    def get_serializer_class(self) -> type[BaseSerializer[Any]]:
        requests: dict[str, type[BaseSerializer[Any]]] = {
            "create": UploadSerializer,
            "partial_update": ChangeSerializer,
            "list": JobSerializer,
        }
        return requests.get(self.action, JobDetailSerializer)

    @extend_schema(
        summary="Upload a library file of at most 20 MB",
        description="A worker reads the file; ask for the import until its state is no longer `uploaded`. Nothing is "
        "saved in the library before the commit.",
        parameters=[LOCATION],
        request={"multipart/form-data": UploadSerializer},
        responses={201: JobDetailSerializer},
    )
    def create(self, request: Request) -> Response:
        serializer = self.get_serializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        file = serializer.validated_data["file"]
        if file.size > MAX_BYTES:
            raise PayloadTooLarge(TOO_LARGE)
        format_name = serializer.validated_data.get("format", "")
        job = lifecycle.create_job(user=get_account(request), name=file.name, file=file, format_name=format_name)
        tasks.enqueue(job)
        location = request.build_absolute_uri(reverse("importjob-detail", args=[job.pk]))
        return Response(describe(job), status=201, headers={"Location": location})

    @extend_schema(
        summary="Answer the questions of the preview, or choose the columns or the format",
        description="Answers change the counts at once; for a file of more than 2,000 rows, ask for the import until "
        "its state is no longer `previewing`. For a mapping or a format, a worker reads the file again.",
        request=ChangeSerializer,
        responses=JobDetailSerializer,
    )
    def partial_update(self, request: Request, pk: str) -> Response:
        job = self.get_object()
        serializer = ChangeSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        change(job, serializer.validated_data)
        return Response(describe(job))

    @extend_schema(summary="Start the import", request=None, responses={202: JobDetailSerializer})
    @action(detail=True, methods=["post"])
    def commit(self, request: Request, pk: str) -> Response:
        job = self.get_object()
        lifecycle.commit(job)
        tasks.enqueue(job)
        return Response(describe(job), status=202)

    @extend_schema(
        summary="Cancel the import",
        description="Rows that are imported already stay, and can be undone.",
        request=None,
        responses=JobDetailSerializer,
    )
    @action(detail=True, methods=["post"])
    def cancel(self, request: Request, pk: str) -> Response:
        job = self.get_object()
        lifecycle.cancel(job)
        return Response(describe(job))

    @extend_schema(
        summary="Undo the import",
        description="Removes what the import made and empties what it filled, except what a person has changed since.",
        request=None,
        responses={202: JobDetailSerializer},
    )
    @action(detail=True, methods=["post"])
    def undo(self, request: Request, pk: str) -> Response:
        job = self.get_object()
        lifecycle.start_undo(job)
        tasks.enqueue(job)
        return Response(describe(job), status=202)

    @extend_schema(
        summary="Ask Open Library again for the books that it did not know",
        request=None,
        responses={202: JobDetailSerializer},
    )
    @action(detail=True, methods=["post"])
    def retry(self, request: Request, pk: str) -> Response:
        job = self.get_object()
        review.retry(job)
        tasks.enqueue(job)
        return Response(describe(job), status=202)

    @extend_schema(
        operation_id="imports_failed_rows",
        summary="Download the rows that were not imported",
        responses={(200, "text/csv"): CSV},
    )
    def failed_rows(self, request: Request, pk: str) -> HttpResponseBase:
        job = self.get_object()
        return respond_with_file(
            iter([review.write_failed_rows(job)]), "text/csv; charset=utf-8", f"import-{job.pk}-failed.csv"
        )


def change(job: ImportJob, values: dict[str, Any]) -> None:
    """Raises Django's ValidationError."""
    if "mapping" in values:
        lifecycle.set_mapping(job, mapping=values["mapping"])
        tasks.enqueue(job)
    elif "format" in values:
        lifecycle.set_format(job, format_name=values["format"])
        tasks.enqueue(job)
    elif values:
        lifecycle.answer(job, answers=values)
        if job.state == ImportJob.State.PREVIEWING:
            tasks.enqueue(job)


def describe(job: ImportJob) -> Any:
    job.refresh_from_db()
    return JobDetailSerializer(job).data
