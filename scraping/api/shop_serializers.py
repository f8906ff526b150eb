"""Serializers of shops."""

from typing import Any

from django.core.exceptions import ValidationError as ModelError
from drf_spectacular.utils import extend_schema_serializer
from rest_framework import serializers

from books.records import MAX_TEXT
from core.api.serializers import StrictCharField, StrictChoiceField, StrictModelSerializer, StrictSerializer
from scraping.models import Shop
from scraping.models.shop import MAX_DELAY, MIN_DELAY
from scraping.shops.confirmation import WaitingProduct
from scraping.shops.registration import HOST_IS_FIXED, check_slug, clean_host, save_shop

EDITABLE = [
    "currency", "decimal_mark", "discovery", "sitemap_url", "listing_urls", "page_pattern", "delay", "pages_per_night",
    "robots_seen_on", "terms_read_on", "reading_note", "keep_descriptions", "show_covers",
]  # fmt: skip
SHOP_EXAMPLE = {
    "slug": "books_example", "name": "Books Example", "host": "books.example", "state": "new", "state_reason": "",
    "is_hand_written": False, "currency": "EUR", "decimal_mark": None, "discovery": "sitemap",
    "sitemap_url": "https://books.example/sitemap.xml", "listing_urls": "", "page_pattern": "/book/*", "delay": 1.0,
    "pages_per_night": 500, "robots_seen_on": "2026-01-30", "terms_read_on": "2026-01-30",
    "reading_note": "The terms allow reading prices.", "keep_descriptions": False, "show_covers": False,
}  # fmt: skip


class DecimalMarkField(StrictChoiceField):
    """Null if staff have not settled the mark, which the row stores as an empty text."""

    def __init__(self, **options: Any) -> None:
        super().__init__(Shop.DecimalMark.choices, allow_null=True, required=False, **options)

    def to_representation(self, value: Any) -> Any:
        return value or None


class ShopSerializer(StrictModelSerializer):
    """A shop whose pages may be read."""

    example: dict[str, Any] = SHOP_EXAMPLE
    slug = serializers.SlugField(
        source="source_id", max_length=MAX_TEXT["source"], help_text="The `source` of its books. Cannot be changed."
    )
    name = StrictCharField(source="source.label", max_length=100)
    host = StrictCharField(max_length=260, help_text="Such as shop.example. Cannot be changed.")
    decimal_mark = DecimalMarkField(help_text="Only if prices such as 1.234 are in doubt.")
    delay = serializers.FloatField(min_value=MIN_DELAY, max_value=MAX_DELAY, default=1.0, help_text="Seconds.")

    class Meta:
        model = Shop
        fields = ["slug", "name", "host", "state", "state_reason", "is_hand_written", *EDITABLE]
        read_only_fields = ["state", "state_reason", "is_hand_written"]

    def validate_slug(self, slug: str) -> str:
        if self.instance is None:
            _validate(check_slug, slug)
        elif slug != self.instance.pk:
            raise serializers.ValidationError("The slug cannot be changed.")
        return slug

    def validate_decimal_mark(self, mark: str | None) -> str:
        return mark or ""

    def validate_host(self, host: str) -> str:
        host = _validate(clean_host, host)
        if self.instance is not None and host != self.instance.host:
            raise serializers.ValidationError(HOST_IS_FIXED)
        return host

    def create(self, validated_data: dict[str, Any]) -> Shop:
        label = validated_data.pop("source")["label"]
        user = self.context["request"].user
        return self._save(Shop(**validated_data, allowed_by_id=user.pk), label)

    def update(self, instance: Shop, validated_data: dict[str, Any]) -> Shop:
        label = validated_data.pop("source", {}).get("label", instance.source.label)
        for name, value in validated_data.items():
            setattr(instance, name, value)
        return self._save(instance, label)

    def _save(self, shop: Shop, label: str) -> Shop:
        try:
            return save_shop(shop, label=label)
        except ModelError as error:
            raise serializers.ValidationError(error.message_dict) from error


def _validate(check: Any, value: str) -> Any:
    try:
        return check(value)
    except ModelError as error:
        raise serializers.ValidationError(error.messages, code=error.code) from error


@extend_schema_serializer(component_name="WaitingProduct")
class WaitingProductSerializer(serializers.Serializer[WaitingProduct]):
    """A product of a new shop that waits for the confirmation of its price."""

    example = {
        "url": "https://shop.example/book/1", "title": "Odes", "price": "12.50", "currency": "EUR", "isbn_13": None,
        "sources": {"price": "json-ld"},
    }  # fmt: skip
    url = serializers.CharField(source="page.url")
    title = serializers.CharField(source="record.title")
    price = serializers.DecimalField(source="record.price", max_digits=10, decimal_places=2, allow_null=True)
    currency = serializers.CharField(source="record.currency", allow_null=True)
    isbn_13 = serializers.CharField(source="record.isbn_13", allow_null=True)
    sources = serializers.DictField(source="page.sources", child=serializers.CharField())


@extend_schema_serializer(component_name="ShopDecision")
class DecisionSerializer(StrictSerializer):
    """Why the shop is paused or blocked."""

    example = {"reason": "Its terms forbid it."}
    reason = StrictCharField(max_length=500)
