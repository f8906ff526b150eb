"""The catalogue's API: viewsets that declare."""

from typing import Any

from django.db import transaction
from django.db.models import Model, QuerySet
from django.shortcuts import get_object_or_404
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view
from rest_framework import mixins, viewsets
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer

from books import filters
from books.api import serializers
from books.api.pagination import CataloguePages, SearchPages
from books.models import Author, Book, Category, PriceObservation
from core.api.query_parameters import DeclaredParameters


class AtomicWrites(DeclaredParameters, viewsets.ModelViewSet[Any]):
    """A write of several tables happens whole or not at all."""

    lookup_value_regex = "[0-9]{1,100}"
    http_method_names = ["get", "post", "put", "patch", "delete", "head", "options"]

    @transaction.atomic
    def perform_create(self, serializer: BaseSerializer[Any]) -> None:
        serializer.save()

    @transaction.atomic
    def perform_update(self, serializer: BaseSerializer[Any]) -> None:
        serializer.save()

    @transaction.atomic
    def perform_destroy(self, instance: Model) -> None:
        instance.delete()


@extend_schema_view(
    list=extend_schema(summary="A page of books"),
    retrieve=extend_schema(summary="One book, with its description"),
    create=extend_schema(summary="Enter a book by hand", responses={201: serializers.BookDetailSerializer}),
    update=extend_schema(summary="Replace a book's fields", responses=serializers.BookDetailSerializer),
    partial_update=extend_schema(summary="Change some of a book's fields", responses=serializers.BookDetailSerializer),
    destroy=extend_schema(summary="Delete a book that has no price history"),
)
class BookViewSet(AtomicWrites):
    """The books of the catalogue: the shop's and those that staff entered."""

    queryset = Book.objects.listed()
    filterset_class = filters.BookFilter
    pagination_class = CataloguePages

    def get_queryset(self) -> QuerySet[Book]:
        queryset = super().get_queryset()
        return queryset if self.detail else queryset.defer("description")

    def get_serializer_class(self) -> type[BaseSerializer[Any]]:
        if self.action in {"create", "update", "partial_update"}:
            return serializers.BookWriteSerializer
        return serializers.BookDetailSerializer if self.action == "retrieve" else serializers.BookSerializer

    @extend_schema(
        summary="Books whose title holds some text",
        parameters=[OpenApiParameter("title", required=True, description="Part of the title.")],
        responses=serializers.BookSerializer(many=True),
    )
    @action(detail=False, filterset_class=filters.BookSearch, pagination_class=SearchPages)
    def search(self, request: Request) -> Response:
        return self.list(request)


@extend_schema_view(list=extend_schema(summary="The price history of a book, newest first"))
class PriceViewSet(DeclaredParameters, mixins.ListModelMixin, viewsets.GenericViewSet[PriceObservation]):
    """What the source said of the book's price and availability, each time that one of them changed."""

    queryset = PriceObservation.objects.all()
    serializer_class = serializers.PriceObservationSerializer

    def get_queryset(self) -> QuerySet[PriceObservation]:
        book = get_object_or_404(Book.objects.only("pk"), pk=self.kwargs["book_id"])
        return super().get_queryset().filter(book=book)


class AuthorViewSet(AtomicWrites):
    """Who wrote the books."""

    queryset = Author.objects.all()
    serializer_class = serializers.AuthorSerializer
    filterset_class = filters.AuthorFilter
    pagination_class = CataloguePages


class CategoryViewSet(AtomicWrites):
    """The shelves that the shop sorts its books on."""

    queryset = Category.objects.all()
    serializer_class = serializers.CategorySerializer
    filterset_class = filters.CategoryFilter
    pagination_class = CataloguePages
