"""The API of offers: what several sources state about one book."""

from typing import Any

from django.shortcuts import get_object_or_404
from drf_spectacular.utils import extend_schema, extend_schema_serializer
from rest_framework import serializers, viewsets
from rest_framework.request import Request
from rest_framework.response import Response

from books.api.http_cache import CachedByCatalogueVersion
from books.availability import CHOICES
from books.models import Book
from books.offers import Offer, find_offers
from core.api.query_parameters import DeclaredParametersMixin
from core.web.cors import AllowsAnyOrigin


@extend_schema_serializer(component_name="Offer")
class OfferSerializer(serializers.Serializer[Offer]):
    """The statement of a source about the book, or about another edition of its work."""

    example = {
        "book": 1, "title": "Odes", "isbn_13": "9780306406157", "source": "shop_example", "source_name": "Shop Example",
        "price": "12.50", "currency": "EUR", "in_stock": True, "availability": "in_stock",
        "last_checked_at": "2026-01-31T02:10:00Z",
        "product_url": "https://shop.example/book/1", "is_same_edition": True,
    }  # fmt: skip
    book = serializers.IntegerField(source="book.pk")
    title = serializers.CharField(source="book.title")
    isbn_13 = serializers.CharField(source="book.isbn_13", allow_null=True)
    source = serializers.CharField(  # type: ignore[assignment]  # the name of a parameter of Field
        source="book.source"
    )
    source_name = serializers.CharField(source="source_label")
    price = serializers.DecimalField(max_digits=10, decimal_places=2, allow_null=True)
    currency = serializers.CharField(allow_null=True)
    in_stock = serializers.BooleanField(source="book.in_stock", allow_null=True)
    availability = serializers.ChoiceField(CHOICES, source="book.availability")
    last_checked_at = serializers.DateTimeField(
        allow_null=True, help_text="When the source last confirmed price and availability."
    )
    product_url = serializers.CharField(source="book.product_url", allow_null=True)
    is_same_edition = serializers.BooleanField(help_text="False for another edition of the same work.")


class OfferViewSet(CachedByCatalogueVersion, AllowsAnyOrigin, DeclaredParametersMixin, viewsets.GenericViewSet[Any]):
    """The rows of the same ISBN or work in all sources."""

    queryset = Book.objects.all()
    serializer_class = OfferSerializer
    pagination_class = None

    @extend_schema(
        summary="Compare the offers of a book",
        description="The book itself and at most 99 rows of the same ISBN or work. They are in groups of one currency, "
        "that of the book first, because currencies are not converted. In a group the cheapest offer comes first. "
        "Sold-out offers follow the available ones, and offers without a price come last.",
        responses=OfferSerializer(many=True),
    )
    def list(self, request: Request, **parameters: Any) -> Response:
        visible = Book.objects.visible_to(request.user).with_freshness()
        book = get_object_or_404(visible, pk=self.kwargs["book_id"])
        return Response([OfferSerializer(offer).data for offer in find_offers(book)])
