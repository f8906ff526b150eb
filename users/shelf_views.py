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
from config.errors import OutsideUnavailable, PreconditionFailed
from users import shelf_serializers as serializers
from users.library import Wanted, save_book
from users.models import LibraryEntry, Reading, User
from users.permissions import OwnShelf, SaysWhy
from users.shelf_filters import LibraryEntryFilter

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
    destroy=extend_schema(summary="Take it off the shelf; the book itself stays in the catalogue"),
)
class LibraryEntryViewSet(
    SaysWhy,
    mixins.ListModelMixin,
    mixins.RetrieveModelMixin,
    mixins.DestroyModelMixin,
    viewsets.GenericViewSet[LibraryEntry],
):
    """The caller's shelf; callers without an account share the household's."""

    queryset = LibraryEntry.objects.listed()
    serializer_class = serializers.LibraryEntrySerializer
    save_serializer: type[serializers.SaveSerializer] = serializers.SaveSerializer
    filterset_class = LibraryEntryFilter
    permission_classes = [OwnShelf]
    lookup_value_regex = "[0-9]+"

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
        locked = LibraryEntry.objects.select_for_update(of=("self",)).of(request.user)
        entry = get_object_or_404(locked.select_related("book"), pk=self.get_object().pk)
        refuse_lost_update(request, entry)
        changes = serializers.EntryChangeSerializer(data=request.data, partial=True)
        changes.is_valid(raise_exception=True)
        for name, value in changes.validated_data.items():
            setattr(entry, name, value)
        entry.version += 1
        entry.save()
        return self._shown(entry.pk)

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
    create=extend_schema(summary="The book was read once more", responses={201: serializers.ReadingSerializer}),
    partial_update=extend_schema(summary="Change a reading's dates"),
    destroy=extend_schema(summary="It was not read then"),
)
class ReadingViewSet(
    SaysWhy,
    mixins.CreateModelMixin,
    mixins.UpdateModelMixin,
    mixins.DestroyModelMixin,
    viewsets.GenericViewSet[Reading],
):
    """The times that a book on the shelf was read."""

    queryset = Reading.objects.all()
    serializer_class = serializers.ReadingSerializer
    permission_classes = [OwnShelf]
    lookup_value_regex = "[0-9]+"
    http_method_names = ["post", "patch", "delete", "options"]

    def get_queryset(self) -> QuerySet[Reading]:
        return super().get_queryset().filter(entry=self._entry())

    @transaction.atomic
    def perform_create(self, serializer: BaseSerializer[Reading]) -> None:
        entry = self._entry()
        serializer.save(entry=entry)
        entry.touch()

    @transaction.atomic
    def perform_update(self, serializer: BaseSerializer[Reading]) -> None:
        serializer.save().entry.touch()

    @transaction.atomic
    def perform_destroy(self, instance: Reading) -> None:
        instance.delete()
        instance.entry.touch()

    def _entry(self) -> LibraryEntry:
        entries = LibraryEntry.objects.of(self.request.user)
        entry: LibraryEntry = get_object_or_404(entries, pk=self.kwargs["entry_id"])
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


def refuse_lost_update(request: Request, entry: LibraryEntry) -> None:
    """Raises PreconditionFailed where If-Match names an older version (RFC 9110, 13.1.1)."""
    wanted = request.headers.get("If-Match", "").strip()
    if wanted and wanted != "*" and entry.etag not in [tag.strip() for tag in wanted.split(",")]:
        raise PreconditionFailed("The entry has changed since you read it. Read it again, then repeat your change.")
