"""The price changes of the API."""

from typing import Any

from rest_framework import serializers

from books.api.serializers import BOOK_EXAMPLE, BookSerializer, with_absolute_cover
from books.book_rows import FIELDS
from books.models import PriceObservation


class PriceChangeSerializer(serializers.ModelSerializer[PriceObservation]):
    """A price that differs from the price observed before it."""

    example = {
        "observed_at": "2026-01-20T06:00:00Z",
        "book": {name: BOOK_EXAMPLE[name] for name in FIELDS},
        "previous_price": "55.10",
        "previous_currency": "GBP",
        "price": "51.77",
        "currency": "GBP",
        "difference": "-3.33",
        "change_percent": "-6.04",
    }
    book = BookSerializer()
    previous_price = serializers.DecimalField(max_digits=10, decimal_places=2)
    previous_currency = serializers.CharField()
    price = serializers.DecimalField(max_digits=10, decimal_places=2)
    currency = serializers.CharField()
    difference = serializers.DecimalField(
        max_digits=10,
        decimal_places=2,
        allow_null=True,
        help_text="Negative for a drop; null if the currency changed.",
    )
    change_percent = serializers.DecimalField(
        max_digits=15,
        decimal_places=2,
        allow_null=True,
        help_text="Negative for a drop; null if the currency changed or the price was zero.",
    )

    class Meta:
        model = PriceObservation
        fields = [
            "observed_at", "book", "previous_price", "previous_currency", "price", "currency", "difference",
            "change_percent",
        ]  # fmt: skip
        read_only_fields = fields

    def to_representation(self, instance: Any) -> Any:
        """Lists load rows that are already in their JSON form."""
        return {**instance, "book": with_absolute_cover(instance["book"], self.context)}
