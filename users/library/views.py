"""The library: `/api/library`, and `/save`, `/saved` and `/delete/{id}` as the earlier service had them."""

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

from books.openlibrary.errors import Answered, OpenLibraryError
from books.records import RecordError
from core.api.problem_details import OutsideUnavailable, PreconditionFailed
from core.api.query_parameters import DeclaredParameters
from users.accounts.permissions import OwnShelf, SaysWhy
from users.library import serializers
from users.library.filters import LibraryEntryFilter
from users.library.saving import Wanted, save_book
from users.models import LibraryEntry, Reading, User

IF_MATCH = OpenApiParameter(
    "If-Match", location="header", description="The ETag of the entry that was read: a later change by somebody is 412."
)


@extend_schema_view(
    list=extend_schema(summary="The books on the shelf, newest first"),
    retrieve=extend_schema(summary="One of them"),
    create=extend_schema(
        summary="Save a book",
        request=serializers.SaveSerializer,
        responses={201: serializers.LibraryEntrySerializer, 200: serializers.LibraryEntrySerializer},
    ),
    partial_update=extend_schema(
        summary="Change status, rating or notes",
        parameters=[IF_MATCH],
        request=serializers.EntryChangeSerializer,
        responses=serializers.LibraryEntrySerializer,
    ),
    destroy=extend_schema(
        summary="Take it off the shelf; the book itself stays in the catalogue", parameters=[IF_MATCH]
    ),
)
class LibraryEntryViewSet(DeclaredParameters, SaysWhy, mixins.ListModelMixin, viewsets.GenericViewSet[LibraryEntry]):
    """The caller's shelf; callers without an account share the household's."""

    queryset = LibraryEntry.objects.listed()
    serializer_class = serializers.LibraryEntrySerializer
    save_serializer: type[serializers.SaveSerializer] = serializers.SaveSerializer
    filterset_class = LibraryEntryFilter
    permission_classes = [OwnShelf]
    lookup_value_regex = "[0-9]{1,100}"

    def get_queryset(self) -> QuerySet[LibraryEntry]:
        return super().get_queryset().of(self.request.user)  # type: ignore[attr-defined,no-any-return]

    def get_serializer_class(self) -> type[BaseSerializer[Any]]:
        if self.action == "create":
            return self.save_serializer
        return serializers.EntryChangeSerializer if self.action == "partial_update" else self.serializer_class

    def create(self, request: Request) -> Response:
        taken = self.get_serializer(data=request.data)
        taken.is_valid(raise_exception=True)
        owner = request.user if isinstance(request.user, User) else None
        entry, created = save_or_refuse(owner, **taken.validated_data)
        return self._shown(entry.pk, status=201 if created else 200)

    def retrieve(self, request: Request, pk: str) -> Response:
        return self._shown(self.get_object().pk)

    @transaction.atomic
    def partial_update(self, request: Request, pk: str) -> Response:
        entry = locked_entry(request, pk)
        changes = serializers.EntryChangeSerializer(data=request.data, partial=True)
        changes.is_valid(raise_exception=True)
        for name, value in changes.validated_data.items():
            setattr(entry, name, value)
        entry.version += 1
        entry.save()
        return self._shown(entry.pk)

    @transaction.atomic
    def destroy(self, request: Request, pk: str) -> Response:
        locked_entry(request, pk).delete()
        return Response(status=204)

    @extend_schema(summary="How many there are of each status", responses=serializers.SummarySerializer, filters=False)
    @action(detail=False, pagination_class=None, filterset_class=None)
    def summary(self, request: Request) -> Response:
        return Response(self.get_queryset().summary())  # type: ignore[attr-defined]

    def _shown(self, pk: int, *, status: int = 200) -> Response:
        entry = LibraryEntry.objects.listed().get(pk=pk)
        shown = serializers.LibraryEntrySerializer(entry, context=self.get_serializer_context())
        return Response(shown.data, status=status, headers={"ETag": entry.etag})


class EarlierLibraryViewSet(LibraryEntryViewSet):
    save_serializer = serializers.EarlierSaveSerializer


@extend_schema_view(
    create=extend_schema(
        summary="The book was read once more", parameters=[IF_MATCH], responses={201: serializers.ReadingSerializer}
    ),
    partial_update=extend_schema(summary="Change a reading's dates", parameters=[IF_MATCH]),
    destroy=extend_schema(summary="It was not read then", parameters=[IF_MATCH], responses={204: None}),
)
class ReadingViewSet(DeclaredParameters, SaysWhy, viewsets.GenericViewSet[Reading]):
    """The times that a book on the shelf was read. Each change counts as one of the entry, whose new ETag it brings."""

    queryset = Reading.objects.all()
    serializer_class = serializers.ReadingSerializer
    permission_classes = [OwnShelf]
    lookup_value_regex = "[0-9]{1,100}"

    @transaction.atomic
    def create(self, request: Request, entry_id: str) -> Response:
        entry = locked_entry(request, entry_id)
        return self._saved(self.get_serializer(data=request.data), entry, status=201)

    @transaction.atomic
    def partial_update(self, request: Request, entry_id: str, pk: str) -> Response:
        entry = locked_entry(request, entry_id)
        reading = get_object_or_404(entry.readings.all(), pk=pk)
        return self._saved(self.get_serializer(reading, request.data, partial=True), entry)

    @transaction.atomic
    def destroy(self, request: Request, entry_id: str, pk: str) -> Response:
        entry = locked_entry(request, entry_id)
        get_object_or_404(entry.readings.all(), pk=pk).delete()
        return Response(status=204, headers={"ETag": entry.touched().etag})

    def _saved(self, taken: BaseSerializer[Reading], entry: LibraryEntry, *, status: int = 200) -> Response:
        taken.is_valid(raise_exception=True)
        taken.save(entry=entry)
        return Response(taken.data, status=status, headers={"ETag": entry.touched().etag})


def locked_entry(request: Request, pk: str) -> LibraryEntry:
    """An entry of the caller's, locked; raises Http404, or PreconditionFailed for a lost update (RFC 9110, 13.1.1)."""
    locked = LibraryEntry.objects.select_for_update(of=("self",)).of(request.user)
    entry: LibraryEntry = get_object_or_404(locked.select_related("book"), pk=pk)
    wanted = request.headers.get("If-Match", "").strip()
    if wanted and wanted != "*" and entry.etag not in [tag.strip() for tag in wanted.split(",")]:
        raise PreconditionFailed("The entry has changed since you read it. Read it again, then repeat your change.")
    return entry


def save_or_refuse(owner: User | None, wanted: Wanted, **fields: Any) -> tuple[LibraryEntry, bool]:
    field = "work_key" if wanted.work_key else "isbn"
    try:
        return save_book(owner=owner, wanted=wanted, **fields)
    except Answered as error:
        raise ValidationError({field: f"Open Library {error.detail}."}, code="not_found") from error
    except RecordError as error:
        raise ValidationError({field: f"Open Library's record cannot be used: {error}."}, code="unusable") from error
    except OpenLibraryError as error:
        raise OutsideUnavailable(f"Nothing was saved: Open Library {error.detail}.") from error
