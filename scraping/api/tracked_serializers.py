"""Serializers of tracked pages."""

from typing import Any

from drf_spectacular.utils import extend_schema_serializer
from rest_framework import serializers

from core.api.serializers import StrictCharField, StrictSerializer
from scraping.models import TrackedPage
from scraping.shops.identity import MAX_ADDRESS

TRACKED_EXAMPLE = {
    "id": 1,
    "url": "https://shop.example/book/1",
    "source": "shop_example",
    "state": "read",
    "reason": "",
    "book": 12,
    "sources": {"title": "json-ld", "price": "json-ld", "currency": "json-ld"},
    "read_at": "2026-01-31T02:10:00Z",
    "created_at": "2026-01-30T18:00:00Z",
}


@extend_schema_serializer(component_name="TrackedPage")
class TrackedPageSerializer(serializers.ModelSerializer[TrackedPage]):
    """A product page that the caller tracks."""

    example = TRACKED_EXAMPLE
    url = serializers.CharField(source="page.url")
    source = serializers.CharField(  # type: ignore[assignment]  # a field with the name of a parameter of Field
        source="page.shop_id", help_text="The shop, which is the source of its books."
    )
    state = serializers.CharField(
        source="page.state",
        help_text="`waiting` (not read yet), `unconfirmed` (staff have not confirmed the shop yet), `read`, "
        "`in_doubt`, `failed` or `gone`.",
    )
    reason = serializers.CharField(source="page.reason", help_text="Why the last reading failed or is in doubt.")
    book = serializers.IntegerField(source="page.book_id", allow_null=True, help_text="The id of the book.")
    sources = serializers.DictField(
        source="page.sources",
        child=serializers.CharField(),
        help_text="For each field, where the page states it: `json-ld`, `microdata`, `opengraph` or `settings`.",
    )
    read_at = serializers.DateTimeField(source="page.read_at", allow_null=True)

    class Meta:
        model = TrackedPage
        fields = ["id", "url", "source", "state", "reason", "book", "sources", "read_at", "created_at"]
        read_only_fields = fields


@extend_schema_serializer(component_name="NewTrackedPage")
class NewTrackedPageSerializer(StrictSerializer):
    """The address of a product page."""

    example: dict[str, Any] = {"url": "https://shop.example/book/1"}
    url = StrictCharField(max_length=MAX_ADDRESS, help_text="An address of a shop that staff have allowed.")
