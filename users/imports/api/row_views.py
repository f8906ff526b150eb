"""The API of the rows of an import: `/api/imports/{id}/rows`."""

from typing import Any

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import mixins, viewsets
from rest_framework.decorators import action
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer

from core.api.personal_data import NeverStored
from core.api.query_parameters import DeclaredParametersMixin
from core.api.throttling import CountsAttempts
from users.accounts.views import get_account
from users.imports.api.filters import RowFilter
from users.imports.api.request_serializers import ChoiceSerializer, CorrectionSerializer
from users.imports.api.row_search import ROW_PARAMETERS, RowSearchSerializer, choose_query, search_books
from users.imports.api.row_serializers import RowSerializer
from users.imports.api.views import ImportErrors
from users.imports.jobs import review, tasks
from users.imports.jobs.row_search import PARAMETERS
from users.library.search import SearchesPerAddressThrottle
from users.library.views import fetch_errors
from users.library.visibility import visible_books
from users.models import ImportJob, ImportJobRow, User


@extend_schema_view(list=extend_schema(summary="List the rows of the file"))
class ImportRowViewSet(
    ImportErrors,
    CountsAttempts,
    NeverStored,
    DeclaredParametersMixin,
    mixins.ListModelMixin,
    viewsets.GenericViewSet[ImportJobRow],
):
    """The rows of an imported file, with what became of each."""

    queryset = ImportJobRow.objects.order_by("number")
    serializer_class = RowSerializer
    permission_classes = [IsAuthenticated]
    filterset_class = RowFilter
    parameters: frozenset[str] = frozenset()
    lookup_field = "number"
    lookup_value_regex = "[0-9]{1,9}"
    further_errors = {name: {409} for name in ("partial_update", "accept", "keep")}  # for the schema

    def get_queryset(self) -> QuerySet[ImportJobRow]:
        jobs = ImportJob.objects.filter(user=get_account(self.request))
        job = get_object_or_404(jobs, pk=self.kwargs["import_id"])
        return super().get_queryset().filter(job=job)

    def get_serializer_class(self) -> type[BaseSerializer[Any]]:
        requests: dict[str, type[BaseSerializer[Any]]] = {
            "partial_update": CorrectionSerializer,
            "accept": ChoiceSerializer,
        }
        return requests.get(self.action, RowSerializer)

    def list(self, request: Request, import_id: str) -> Response:
        rows = self.paginate_queryset(self.filter_queryset(self.get_queryset())) or []
        return self.get_paginated_response(serialize(rows, get_account(request)))

    @extend_schema(
        summary="Correct a row that was not imported, and import it again",
        request=CorrectionSerializer,
        responses=RowSerializer,
    )
    def partial_update(self, request: Request, import_id: str, number: str) -> Response:
        row = self.get_object()
        serializer = self.get_serializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        values = dict(serializer.validated_data)
        if "isbn" in values:
            values["isbn_13"] = values.pop("isbn")
        review.correct(row, values=values)
        return self._respond(row)

    @extend_schema(
        summary="Choose the book that a row to review means",
        description="Send exactly one of `book`, `work_key` and `isbn`. Status, rating, notes and readings stay.",
        request=ChoiceSerializer,
        responses=RowSerializer,
    )
    @action(detail=True, methods=["post"], filterset_class=None)
    def accept(self, request: Request, import_id: str, number: str) -> Response:
        row = self.get_object()
        serializer = self.get_serializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        choice = serializer.validated_data["save_request"]
        with fetch_errors(choice):
            review.choose(row, choice=choice)
        return self._respond(row)

    @extend_schema(
        summary="Search the book of a row in the catalogue and at Open Library",
        description="Without parameters, the row's own title, author and ISBN are searched for.",
        parameters=ROW_PARAMETERS,
        responses=RowSearchSerializer,
    )
    @action(
        detail=True,
        filterset_class=None,
        pagination_class=None,
        parameters=frozenset(PARAMETERS),
        throttle_classes=[SearchesPerAddressThrottle],
    )
    def search(self, request: Request, import_id: str, number: str) -> Response:
        query = choose_query(self.get_object(), request)
        return Response(search_books(query, get_account(request)))

    @extend_schema(
        summary="Keep the book of a row to review as the file states it", request=None, responses=RowSerializer
    )
    @action(detail=True, methods=["post"], filterset_class=None)
    def keep(self, request: Request, import_id: str, number: str) -> Response:
        row = self.get_object()
        review.keep(row)
        return self._respond(row)

    def _respond(self, row: ImportJobRow) -> Response:
        """The changed row can need Open Library."""
        row.refresh_from_db()
        if row.lookup == ImportJobRow.Lookup.WAITING:
            tasks.enqueue(row.job)
        return Response(serialize([row], get_account(self.request))[0])


def serialize(rows: list[ImportJobRow], user: User) -> Any:
    ids = {pk for row in rows for pk in row.suggestions}
    books = visible_books(user).with_authors().in_bulk(ids) if ids else {}
    return RowSerializer(rows, many=True, context={"books": books}).data
