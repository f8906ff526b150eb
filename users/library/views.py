"""Views of the library: `/api/library`, and `/save`, `/saved` and `/delete/{id}` for clients of the earlier service."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view
from rest_framework import mixins, viewsets
from rest_framework.decorators import action
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer

from books.openlibrary.errors import OpenLibraryError, RequestRejected
from books.records import RecordError
from core.api.permissions import ExplainsDenial
from core.api.personal_data import NeverStored
from core.api.query_parameters import DeclaredParametersMixin
from core.exceptions import ExternalServiceUnavailable, PreconditionFailed
from users.library import serializers
from users.library.editions import add_other_editions
from users.library.entries import change_locked_entry, delete_entry, lock_entry
from users.library.filters import LibraryEntryFilter
from users.library.owner import PARAMETER, SHARED, find_owner
from users.library.permissions import CanUseLibrary
from users.library.saving import SaveRequest, save_book
from users.library.tags import list_tags
from users.models import LibraryEntry, Reading, User

IF_MATCH = OpenApiParameter(
    "If-Match", location="header", description="The ETag of the entry you read. If it has changed since, you get 412."
)


@extend_schema_view(
    list=extend_schema(summary="List the books in the library, newest first", parameters=[SHARED]),
    retrieve=extend_schema(summary="Get one entry", parameters=[SHARED]),
    create=extend_schema(
        summary="Save a book",
        description="Send exactly one of `work_key`, `isbn` and `book`. The response is 200 and the unchanged entry if "
        "the book is in the library already.",
        parameters=[SHARED],
        request=serializers.SaveSerializer,
        responses={201: serializers.LibraryEntrySerializer, 200: serializers.LibraryEntrySerializer},
    ),
    partial_update=extend_schema(
        summary="Change status, rating, review, notes, tags and other fields",
        description="Fields that are not sent stay as they are.",
        parameters=[SHARED, IF_MATCH],
        request=serializers.EntryChangeSerializer,
        responses=serializers.LibraryEntrySerializer,
    ),
    destroy=extend_schema(summary="Remove an entry; the book stays in the catalogue", parameters=[SHARED, IF_MATCH]),
)
class LibraryEntryViewSet(
    NeverStored, DeclaredParametersMixin, ExplainsDenial, mixins.ListModelMixin, viewsets.GenericViewSet[LibraryEntry]
):
    """The caller's library, or the shared one. Callers without an account use the shared library."""

    queryset = LibraryEntry.objects.with_details()
    serializer_class = serializers.LibraryEntrySerializer
    save_serializer: type[serializers.SaveSerializer] = serializers.SaveSerializer
    filterset_class = LibraryEntryFilter
    permission_classes = [CanUseLibrary]
    lookup_value_regex = "[0-9]{1,100}"
    parameters = frozenset({PARAMETER})
    actions_with_etag = frozenset({"retrieve", "create", "partial_update"})  # for the schema

    def get_queryset(self) -> QuerySet[LibraryEntry]:
        return super().get_queryset().owned_by(find_owner(self.request))  # type: ignore[attr-defined,no-any-return]

    def get_serializer_class(self) -> type[BaseSerializer[Any]]:
        if self.action == "create":
            return self.save_serializer
        return serializers.EntryChangeSerializer if self.action == "partial_update" else self.serializer_class

    def paginate_queryset(self, queryset: Any) -> Any:
        page: Any = super().paginate_queryset(queryset)
        add_other_editions(page)
        return page

    def create(self, request: Request) -> Response:
        serializer = self.get_serializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        entry, created = save_or_reject(find_owner(request), **serializer.validated_data)
        return self._respond(entry.pk, status=201 if created else 200)

    def retrieve(self, request: Request, pk: str) -> Response:
        return self._respond(self.get_object().pk)

    @transaction.atomic
    def partial_update(self, request: Request, pk: str) -> Response:
        entry = lock_unchanged_entry(request, pk)
        serializer = serializers.EntryChangeSerializer(data=request.data, partial=True, context={"entry": entry})
        serializer.is_valid(raise_exception=True)
        change_locked_entry(entry, serializer.validated_data)
        return self._respond(entry.pk)

    @transaction.atomic
    def destroy(self, request: Request, pk: str) -> Response:
        delete_entry(lock_unchanged_entry(request, pk))
        return Response(status=204)

    @extend_schema(
        summary="Count the entries of each status",
        parameters=[SHARED],
        responses=serializers.SummarySerializer,
        filters=False,
    )
    @action(detail=False, pagination_class=None, filterset_class=None)
    def summary(self, request: Request) -> Response:
        return Response(self.get_queryset().count_by_status())  # type: ignore[attr-defined]

    @extend_schema(
        summary="List the tags in the library",
        parameters=[SHARED],
        responses=serializers.TagSerializer(many=True),
        filters=False,
    )
    @action(detail=False, pagination_class=None, filterset_class=None)
    def tags(self, request: Request) -> Response:
        return Response(serializers.TagSerializer(list_tags(find_owner(request)), many=True).data)

    def _respond(self, pk: int, *, status: int = 200) -> Response:
        entry = get_object_or_404(LibraryEntry.objects.with_details(), pk=pk)
        add_other_editions([entry])
        serializer = serializers.LibraryEntrySerializer(entry, context=self.get_serializer_context())
        return Response(serializer.data, status=status, headers={"ETag": entry.etag})


class EarlierLibraryViewSet(LibraryEntryViewSet):
    save_serializer = serializers.EarlierSaveSerializer


@extend_schema_view(
    create=extend_schema(
        summary="Add a reading", parameters=[SHARED, IF_MATCH], responses={201: serializers.ReadingSerializer}
    ),
    partial_update=extend_schema(summary="Change a reading's dates or outcome", parameters=[SHARED, IF_MATCH]),
    destroy=extend_schema(summary="Delete a reading", parameters=[SHARED, IF_MATCH], responses={204: None}),
)
class ReadingViewSet(NeverStored, DeclaredParametersMixin, ExplainsDenial, viewsets.GenericViewSet[Reading]):
    """The readings of a book in the library. Each change gives the entry a new ETag, which the response contains."""

    queryset = Reading.objects.all()
    serializer_class = serializers.ReadingSerializer
    permission_classes = [CanUseLibrary]
    lookup_value_regex = "[0-9]{1,100}"
    parameters = frozenset({PARAMETER})
    actions_with_etag = frozenset({"create", "partial_update", "destroy"})  # for the schema

    @transaction.atomic
    def create(self, request: Request, entry_id: str) -> Response:
        entry = lock_unchanged_entry(request, entry_id)
        return self._save(self.get_serializer(data=request.data), entry, status=201)

    @transaction.atomic
    def partial_update(self, request: Request, entry_id: str, pk: str) -> Response:
        entry = lock_unchanged_entry(request, entry_id)
        reading = get_object_or_404(entry.readings.all(), pk=pk)
        return self._save(self.get_serializer(reading, request.data, partial=True), entry)

    @transaction.atomic
    def destroy(self, request: Request, entry_id: str, pk: str) -> Response:
        entry = lock_unchanged_entry(request, entry_id)
        get_object_or_404(entry.readings.all(), pk=pk).delete()
        return Response(status=204, headers={"ETag": entry.bump_version().etag})

    def _save(self, serializer: BaseSerializer[Reading], entry: LibraryEntry, *, status: int = 200) -> Response:
        serializer.is_valid(raise_exception=True)
        serializer.save(entry=entry)
        return Response(serializer.data, status=status, headers={"ETag": entry.bump_version().etag})


def lock_unchanged_entry(request: Request, pk: str) -> LibraryEntry:
    """Returns an entry of the caller, locked.

    Raises Http404, or PreconditionFailed if the If-Match header has no current ETag (lost update, RFC 9110, 13.1.1).
    """
    entry = lock_entry(find_owner(request), pk)
    if_match = request.headers.get("If-Match", "").strip()
    if if_match and if_match != "*" and entry.etag not in [tag.strip() for tag in if_match.split(",")]:
        raise PreconditionFailed("The entry has changed since you read it. Read it again, then repeat your change.")
    return entry


def save_or_reject(owner: User | None, save_request: SaveRequest, **fields: Any) -> tuple[LibraryEntry, bool]:
    """Maps errors of the fetch to errors of the API."""
    with fetch_errors(save_request):
        return save_book(owner=owner, save_request=save_request, **fields)


@contextmanager
def fetch_errors(save_request: SaveRequest) -> Iterator[None]:
    """Maps errors of the fetch of a book to errors of the API."""
    field = "isbn" if save_request.isbn else "work_key"
    try:
        yield
    except RequestRejected as error:
        raise ValidationError({field: f"Open Library {error.detail}."}, code="not_found") from error
    except RecordError as error:
        raise ValidationError({field: f"Open Library's record cannot be used: {error}."}, code="unusable") from error
    except OpenLibraryError as error:
        raise ExternalServiceUnavailable(f"Nothing was saved: Open Library {error.detail}.") from error
