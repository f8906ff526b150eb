"""Viewsets of the catalogue's API."""

from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view
from rest_framework import mixins, viewsets
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse
from rest_framework.serializers import BaseSerializer

from books import filters
from books.api import serializers
from books.api.book_write_serializer import BookWriteSerializer
from books.api.change_serializers import PriceChangeSerializer
from books.api.earlier_statements import ListedBookSerializer, add_statements_before, find_updated_since
from books.api.http_cache import CachedByCatalogueVersion
from books.api.pagination import CataloguePagination, PriceChangePagination, TitleSearchPagination
from books.models import Author, Book, Category, PriceObservation
from books.price_change_filters import PriceChangeFilter
from core.api.query_parameters import DeclaredParametersMixin
from core.filters import MAX_TEXT_LENGTH
from core.web.cors import AllowsAnyOrigin

TITLE_SCHEMA = {"type": "string", "maxLength": MAX_TEXT_LENGTH, "example": "travel"}
LOCKING_ACTIONS = {"update", "partial_update", "destroy"}


def summarize(singular: str, plural: str) -> Any:
    """Decorates a viewset with the summaries of its operations; `singular` has its article."""
    return extend_schema_view(
        list=extend_schema(summary=f"A page of {plural}"),
        retrieve=extend_schema(summary=f"Get {singular}"),
        create=extend_schema(summary=f"Add {singular}"),
        update=extend_schema(summary=f"Replace {singular}'s fields"),
        partial_update=extend_schema(summary=f"Change some of {singular}'s fields"),
        destroy=extend_schema(summary=f"Delete {singular} that has no books"),
    )


class ShowsPublished:
    """Viewset mixin: lists contain published rows; one row is shown to those who may see it."""

    def finalize_response(self, request: Request, response: Response, *args: Any, **kwargs: Any) -> Response:
        if isinstance(response.data, dict) and response.data.get("is_published") is False:
            response.headers["Cache-Control"] = "private, no-store"
        return super().finalize_response(request, response, *args, **kwargs)  # type: ignore[misc,no-any-return]  # a mixin

    def get_queryset(self) -> Any:
        rows: Any = super().get_queryset()  # type: ignore[misc]  # of a viewset
        return rows.visible_to(self.request.user) if self.detail else rows.published()  # type: ignore[attr-defined]  # a mixin


class CatalogueViewSet(CachedByCatalogueVersion, AllowsAnyOrigin, DeclaredParametersMixin, viewsets.ModelViewSet[Any]):
    """Writes are atomic, because they change several tables.

    A row is locked when it is loaded for a change. The next request waits, and gets 404 if the row was deleted.
    """

    lookup_value_regex = "[0-9]{1,100}"
    further_errors = {action: {409} for action in ("create", "update", "partial_update", "destroy")}  # for the schema
    http_method_names = ["get", "post", "put", "patch", "delete", "head", "options"]

    def get_queryset(self) -> QuerySet[Any]:
        queryset = super().get_queryset()
        if self.action not in LOCKING_ACTIONS:
            return queryset
        # The lock of a deletion includes the key, so that no new row refers to the object.
        return queryset.select_for_update(no_key=self.action != "destroy", of=("self",))

    @transaction.atomic
    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().create(request, *args, **kwargs)

    @transaction.atomic
    def update(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().update(request, *args, **kwargs)

    @transaction.atomic
    def destroy(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().destroy(request, *args, **kwargs)


@extend_schema_view(
    list=extend_schema(summary="A page of books"),
    retrieve=extend_schema(summary="One book, with its description"),
    create=extend_schema(summary="Enter a book by hand", responses={201: serializers.BookDetailSerializer}),
    update=extend_schema(summary="Replace a book's fields", responses=serializers.BookDetailSerializer),
    partial_update=extend_schema(summary="Change some of a book's fields", responses=serializers.BookDetailSerializer),
    destroy=extend_schema(summary="Delete a book that has no price history"),
)
class BookViewSet(ShowsPublished, CatalogueViewSet):
    """The books of the catalogue, from shops, from Open Library and entered by hand."""

    queryset = Book.objects.listed()
    filterset_class = filters.BookFilter
    pagination_class = CataloguePagination

    def get_queryset(self) -> QuerySet[Book]:
        queryset: QuerySet[Book] = super().get_queryset()
        return queryset if self.detail else queryset.defer("description")

    def list(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        response = super().list(request, *args, **kwargs)
        if since := find_updated_since(request):
            response.data["results"] = add_statements_before(response.data["results"], since)
        return response

    def get_serializer_class(self) -> type[BaseSerializer[Any]]:
        if self.action in {"create", "update", "partial_update"}:
            return BookWriteSerializer
        return serializers.BookDetailSerializer if self.action == "retrieve" else ListedBookSerializer

    def get_extra_action_url_map(self) -> dict[str, str]:
        """Links of the browsable API."""
        links: dict[str, str] = super().get_extra_action_url_map()
        prices = (
            {"Prices": reverse("price-list", args=[self.kwargs["pk"]], request=self.request)} if self.detail else {}
        )
        return {**links, **prices}

    @extend_schema(
        summary="Search books by part of the title",
        parameters=[OpenApiParameter("title", TITLE_SCHEMA, required=True, description=filters.TITLE_HELP)],
        responses=ListedBookSerializer(many=True),
    )
    @action(detail=False, filterset_class=filters.BookSearchFilter, pagination_class=TitleSearchPagination)
    def search(self, request: Request) -> Response:
        return self.list(request)


@extend_schema_view(list=extend_schema(summary="The price history of a book, newest first"))
class PriceViewSet(
    CachedByCatalogueVersion,
    AllowsAnyOrigin,
    DeclaredParametersMixin,
    mixins.ListModelMixin,
    viewsets.GenericViewSet[PriceObservation],
):
    """The price observations of a book: one each time the source stated another price, availability or count, or
    listed the book again.
    """

    queryset = PriceObservation.objects.all()
    serializer_class = serializers.PriceObservationSerializer

    def get_queryset(self) -> QuerySet[PriceObservation]:
        book = get_object_or_404(Book.objects.visible_to(self.request.user).only("pk"), pk=self.kwargs["book_id"])
        return super().get_queryset().filter(book=book)


@extend_schema_view(list=extend_schema(summary="A page of price changes, newest first"))
class PriceChangeViewSet(
    CachedByCatalogueVersion,
    AllowsAnyOrigin,
    DeclaredParametersMixin,
    mixins.ListModelMixin,
    viewsets.GenericViewSet[PriceObservation],
):
    """The price changes of all books. The first price of a book is no change, and pending prices are not observed."""

    queryset = PriceObservation.objects.changes_of_published_books()
    serializer_class = PriceChangeSerializer
    filterset_class = PriceChangeFilter
    pagination_class = PriceChangePagination


@summarize("an author", "authors")
class AuthorViewSet(ShowsPublished, CatalogueViewSet):
    """The authors of the books."""

    queryset = Author.objects.all()
    serializer_class = serializers.AuthorSerializer
    filterset_class = filters.AuthorFilter
    pagination_class = CataloguePagination


@summarize("a category", "categories")
class CategoryViewSet(CatalogueViewSet):
    """The categories under which sources list their books."""

    queryset = Category.objects.all()
    serializer_class = serializers.CategorySerializer
    filterset_class = filters.NameFilter
    pagination_class = CataloguePagination
