"""Serializers of price watches."""

from decimal import Decimal
from typing import Any

from drf_spectacular.utils import extend_schema_field, extend_schema_serializer
from rest_framework import serializers

from books.api.serializers import BOOK_EXAMPLE, BookSerializer
from books.models import Book
from core.api.serializers import (
    StrictBooleanField,
    StrictChoiceField,
    StrictDecimalField,
    StrictIntegerField,
    StrictSerializer,
)
from users.library.serializers import VisibleBookField
from users.models import PriceWatch, WatchDefault, WatchRule, WatchScope
from users.models.watch import MAX_PERCENT, MIN_PERCENT
from users.watches.overview import Overview

MONEY: dict[str, Any] = {"max_digits": 10, "decimal_places": 2}
TERMS_EXAMPLE = {"scope": "book", "rule": "at_or_below", "amount": "9.99", "currency": "GBP", "percent": None}


@extend_schema_serializer(component_name="WatchedOffer")
class OfferSerializer(serializers.Serializer[Any]):
    """The current statement of a source. `book` is another row than the watched one if a whole work is watched."""

    example = {
        "book": 1, "price": "51.77", "currency": "GBP", "in_stock": True, "observed_at": "2026-01-31T06:00:00Z",
    }  # fmt: skip
    book = serializers.IntegerField()
    price = serializers.DecimalField(**MONEY, allow_null=True)
    currency = serializers.CharField(allow_null=True)
    in_stock = serializers.BooleanField(allow_null=True)
    observed_at = serializers.DateTimeField()


@extend_schema_serializer(component_name="WatchedLowest")
class LowestSerializer(serializers.Serializer[Any]):
    """The lowest accepted price in the watch's currency since the time, and the number of observations."""

    example = {"price": "49.99", "since": "2026-01-01T06:00:00Z", "observations": 14}
    price = serializers.DecimalField(**MONEY, source="lowest")
    since = serializers.DateTimeField()
    observations = serializers.IntegerField()


@extend_schema_serializer(component_name="PriceWatch")
class WatchSerializer(serializers.ModelSerializer[Any]):
    """A watch of the caller, with the current statements of the sources."""

    example = {
        "id": 1,
        "book": {name: value for name, value in BOOK_EXAMPLE.items() if name in BookSerializer.Meta.fields},
        **TERMS_EXAMPLE,
        "target": "9.99",
        "start_price": "51.77",
        "current": OfferSerializer.example,
        "lowest": LowestSerializer.example,
        "is_met": False,
        "state": "armed",
        "is_paused": False,
        "fired_price": None,
        "fired_at": None,
        "created_at": "2026-01-31T07:00:00Z",
        "updated_at": "2026-01-31T07:00:00Z",
    }
    book = BookSerializer()
    target = serializers.SerializerMethodField(help_text="The highest price that fulfils the rule, if it has one.")
    current = serializers.SerializerMethodField()
    lowest = serializers.SerializerMethodField()
    is_met = serializers.SerializerMethodField(help_text="Whether the condition is true now.")

    class Meta:
        model = PriceWatch
        fields = [
            "id", "book", "scope", "rule", "amount", "currency", "percent", "target", "start_price", "current",
            "lowest", "is_met", "state", "is_paused", "fired_price", "fired_at", "created_at", "updated_at",
        ]  # fmt: skip
        read_only_fields = fields
        extra_kwargs = {
            "start_price": {"help_text": "The price when the watch began."},
            "fired_price": {"help_text": "The price at which it fired, while the state is `fired`."},
            "currency": {"help_text": "The currency of all amounts; null until the book has a price."},
        }

    def to_representation(self, instance: Any) -> Any:
        self.overview: Overview = instance
        return super().to_representation(instance.watch)

    @extend_schema_field(serializers.DecimalField(**MONEY, allow_null=True))
    def get_target(self, watch: PriceWatch) -> str | None:
        target: Decimal | None = self.overview.target
        return None if target is None else str(target)

    @extend_schema_field(OfferSerializer(allow_null=True))
    def get_current(self, watch: PriceWatch) -> Any:
        return OfferSerializer(self.overview.current).data if self.overview.current else None

    @extend_schema_field(LowestSerializer(allow_null=True))
    def get_lowest(self, watch: PriceWatch) -> Any:
        return LowestSerializer(self.overview.lowest).data if self.overview.lowest else None

    def get_is_met(self, watch: PriceWatch) -> bool:
        return self.overview.is_met


@extend_schema_serializer(component_name="PriceWatchChange")
class ChangeSerializer(StrictSerializer):
    """The terms of a watch. `amount` and `currency` belong to two of the rules, `percent` to one."""

    example: dict[str, Any] = {**TERMS_EXAMPLE, "is_paused": False}
    rule = StrictChoiceField(WatchRule.choices, required=False)
    scope = StrictChoiceField(
        WatchScope.choices, required=False, help_text="`work` watches every row with the same work key or ISBN."
    )
    amount = StrictDecimalField(**MONEY, required=False, allow_null=True, min_value=Decimal("0.01"))
    currency = serializers.RegexField(
        "^[A-Z]{3}$",
        required=False,
        allow_null=True,
        help_text="ISO 4217; required with an amount.",
        error_messages={"invalid": "Three capital letters, such as GBP (ISO 4217)."},
    )
    percent = StrictIntegerField(required=False, allow_null=True, min_value=MIN_PERCENT, max_value=MAX_PERCENT)
    is_paused = StrictBooleanField(required=False)


@extend_schema_serializer(component_name="NewPriceWatch")
class NewWatchSerializer(ChangeSerializer):
    """A new watch. Without a rule it gets the caller's default."""

    example: dict[str, Any] = {"book": 1, **TERMS_EXAMPLE}
    is_paused = None  # type: ignore[assignment]  # removes the field
    book = VisibleBookField(queryset=Book.objects.all(), help_text="The id of a book in the catalogue.")


@extend_schema_serializer(component_name="PriceWatchDefault")
class DefaultSerializer(serializers.ModelSerializer[WatchDefault]):
    """The rule of new watches that state none."""

    example = {"rule": "drop_percent", "percent": 10, "scope": "book"}

    class Meta:
        model = WatchDefault
        fields = ["rule", "percent", "scope"]
        read_only_fields = fields


@extend_schema_serializer(component_name="PriceWatchDefaultChange")
class DefaultChangeSerializer(StrictSerializer):
    """The rule of new watches that state none. `percent` belongs to one of the rules."""

    example = DefaultSerializer.example
    rule = StrictChoiceField(WatchRule.choices)
    percent = StrictIntegerField(required=False, allow_null=True, min_value=MIN_PERCENT, max_value=MAX_PERCENT)
    scope = StrictChoiceField(WatchScope.choices, required=False)
