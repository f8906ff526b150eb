"""`POST /api/library/books`: adds a book that the catalogue and Open Library lack."""

from typing import Any

from drf_spectacular.utils import extend_schema, extend_schema_serializer
from rest_framework import serializers
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from books.isbn import MAX_LENGTH, describe_error, parse_isbn
from books.records import MAX_TEXT, MAX_YEAR, MIN_YEAR
from core.api.permissions import ExplainsDenial
from core.api.personal_data import NeverStored
from core.api.query_parameters import DeclaredParametersMixin
from core.api.serializers import StrictCharField, StrictChoiceField, StrictIntegerField, StrictSerializer
from users.library.adding import NewBook, add_book, find_published, may_add_books
from users.library.editions import add_other_editions
from users.library.owner import PARAMETER, SHARED, find_owner
from users.library.permissions import CanUseLibrary
from users.library.serializers import LibraryEntrySerializer
from users.models import LibraryEntry, User

MAX_AUTHORS = 20


@extend_schema_serializer(component_name="NewBook")
class NewBookSerializer(StrictSerializer):
    """A book that a person enters by hand."""

    example = {"title": "Family recipes", "authors": ["Ann Lee"], "first_publish_year": 1987}
    title = StrictCharField(max_length=MAX_TEXT["title"])
    authors = serializers.ListField(
        child=StrictCharField(max_length=MAX_TEXT["author"]),
        required=False,
        max_length=MAX_AUTHORS,
        help_text="Names, in the order of the title page.",
    )
    isbn = StrictCharField(
        required=False, allow_null=True, max_length=MAX_LENGTH, help_text="ISBN-10 or ISBN-13, hyphens optional."
    )
    first_publish_year = StrictIntegerField(
        required=False, allow_null=True, min_value=MIN_YEAR, max_value=MAX_YEAR, help_text="Negative before the year 1."
    )
    status = StrictChoiceField(LibraryEntry.Status.choices, required=False)

    def validate_isbn(self, value: str | None) -> str | None:
        number = parse_isbn(value) if value else None
        if value and number is None:
            raise serializers.ValidationError(describe_error(value))
        if book := find_published(number):
            raise serializers.ValidationError(
                f"The catalogue has this book: save the book with the id {book.pk}.", code="exists"
            )
        return number


class CanAddBooks(BasePermission):
    """Allows staff always, and members if MEMBERS_ADD_BOOKS is on."""

    message = "Only staff may add books to this service by hand."

    def has_permission(self, request: Request, view: APIView) -> bool:
        return isinstance(request.user, User) and may_add_books(request.user)


class NewBookView(NeverStored, DeclaredParametersMixin, ExplainsDenial, APIView):
    """A book of a member is only in libraries that contain it until staff publish it."""

    permission_classes = [CanAddBooks, CanUseLibrary]
    parameters = frozenset({PARAMETER})

    @extend_schema(
        summary="Enter a book by hand and add it to the library",
        parameters=[SHARED],
        request=NewBookSerializer,
        responses={201: LibraryEntrySerializer},
    )
    def post(self, request: Request) -> Response:
        serializer = NewBookSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        values: dict[str, Any] = serializer.validated_data
        new = NewBook(
            title=values["title"],
            authors=tuple(values.get("authors", ())),
            isbn_13=values.get("isbn"),
            first_publish_year=values.get("first_publish_year"),
        )
        assert isinstance(request.user, User)
        status = values.get("status", LibraryEntry.Status.WANT_TO_READ)
        entry = add_book(user=request.user, owner=find_owner(request), new=new, status=status)
        shown = LibraryEntry.objects.with_details().get(pk=entry.pk)
        add_other_editions([shown])
        return Response(LibraryEntrySerializer(shown).data, status=201, headers={"ETag": shown.etag})
