"""Serializers of scrape runs."""

from typing import Any

from django.conf import settings
from drf_spectacular.utils import extend_schema_field, extend_schema_serializer
from rest_framework import serializers

from core.api.serializers import StrictBooleanField, StrictCharField, StrictSerializer
from scraping.errors import UnknownSite
from scraping.models import ScrapeProblem, ScrapeRun
from scraping.sites.registry import check_site

COUNTS_EXAMPLE = {
    "requests": 1051, "seen": 1000, "created": 3, "updated": 12, "unchanged": 983, "held": 1, "failed": 1, "missing": 2,
}  # fmt: skip
RUN_EXAMPLE = {
    "id": 1,
    "site": settings.DEFAULT_SITE,
    "state": "succeeded",
    "trigger": "command",
    "started_at": "2026-01-31T06:00:00Z",
    "finished_at": "2026-01-31T06:02:00Z",
    "counts": COUNTS_EXAMPLE,
    "reason": None,
}
CHANGE_EXAMPLE = {
    "title": "A Light in the Attic", "source_key": "a897fe39b1053632", "previous_price": "51.77",
    "previous_currency": "GBP", "price": "41.42", "currency": "GBP", "change_percent": "-19.99",
}  # fmt: skip
PROBLEM_EXAMPLE = {
    "url": "https://books.toscrape.com/catalogue/a-light-in-the-attic_1000/index.html",
    "field": "price",
    "message": "cannot be read from 'ask us'",
}


@extend_schema_serializer(component_name="ScrapeCounts")
class CountsSerializer(serializers.ModelSerializer[ScrapeRun]):
    """Requests sent, and books by outcome: seen = created + updated + unchanged + held + failed."""

    example = COUNTS_EXAMPLE

    class Meta:
        model = ScrapeRun
        fields = ["requests", "seen", "created", "updated", "unchanged", "held", "failed", "missing"]
        read_only_fields = fields


class ScrapeRunSerializer(serializers.ModelSerializer[ScrapeRun]):
    """One execution of a crawl."""

    example: dict[str, Any] = RUN_EXAMPLE
    counts = CountsSerializer(source="*", read_only=True)

    class Meta:
        model = ScrapeRun
        fields = ["id", "site", "state", "trigger", "started_at", "finished_at", "counts", "reason"]
        read_only_fields = fields


class ScrapeProblemSerializer(serializers.ModelSerializer[ScrapeProblem]):
    """A page or a field that could not be read."""

    example = PROBLEM_EXAMPLE

    class Meta:
        model = ScrapeProblem
        fields = ["url", "field", "message"]
        read_only_fields = fields


@extend_schema_serializer(component_name="ScrapePriceChange")
class NamedChangeSerializer(serializers.Serializer[Any]):
    """A price change that a run observed."""

    example = CHANGE_EXAMPLE
    title = serializers.CharField()
    source_key = serializers.CharField()
    previous_price = serializers.CharField()
    previous_currency = serializers.CharField()
    price = serializers.CharField()
    currency = serializers.CharField()
    change_percent = serializers.CharField(allow_null=True, help_text="Null if the currency changed.")


class ScrapeRunDetailSerializer(ScrapeRunSerializer):
    """A scrape run with its last 200 problems and its largest price changes."""

    example = {
        **RUN_EXAMPLE, "price_changes": 1, "largest_changes": [CHANGE_EXAMPLE], "problems": [PROBLEM_EXAMPLE],
    }  # fmt: skip
    largest_changes = NamedChangeSerializer(many=True, read_only=True)
    problems = serializers.SerializerMethodField()

    class Meta(ScrapeRunSerializer.Meta):
        fields = [*ScrapeRunSerializer.Meta.fields, "price_changes", "largest_changes", "problems"]
        read_only_fields = fields

    @extend_schema_field(ScrapeProblemSerializer(many=True))
    def get_problems(self, run: ScrapeRun) -> Any:
        return ScrapeProblemSerializer(run.problems.all(), many=True).data


class SiteField(StrictCharField):
    """The name of a site. The sites are rows, so the schema cannot list them."""

    def to_internal_value(self, data: Any) -> str:
        name = super().to_internal_value(data)
        try:
            check_site(name)
        except UnknownSite as error:
            raise serializers.ValidationError(str(error), code="invalid_choice") from error
        return name


@extend_schema_serializer(component_name="ScrapeStart")
class StartSerializer(StrictSerializer):
    """The name of the shop to crawl. Its address is configured on the server."""

    example = {"site": settings.DEFAULT_SITE}
    site = SiteField(initial=settings.DEFAULT_SITE)
    full = StrictBooleanField(
        default=False, label="Fetch every page", help_text="Otherwise only pages that are new, changed or due."
    )
