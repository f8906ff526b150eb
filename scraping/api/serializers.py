"""Serializers of scrape runs."""

from typing import Any

from django.conf import settings
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from core.api.serializers import StrictBooleanField, StrictCharField, StrictSerializer
from scraping.errors import UnknownSite
from scraping.models import ScrapeProblem, ScrapeRun
from scraping.sites.registry import check_site


class CountsSerializer(serializers.ModelSerializer[ScrapeRun]):
    """Requests sent, and books by outcome: seen = created + updated + unchanged + held + failed."""

    class Meta:
        model = ScrapeRun
        fields = ["requests", "seen", "created", "updated", "unchanged", "held", "failed", "missing"]
        read_only_fields = fields


class ScrapeRunSerializer(serializers.ModelSerializer[ScrapeRun]):
    counts = CountsSerializer(source="*", read_only=True)

    class Meta:
        model = ScrapeRun
        fields = ["id", "site", "state", "trigger", "started_at", "finished_at", "counts", "reason"]
        read_only_fields = fields


class ScrapeProblemSerializer(serializers.ModelSerializer[ScrapeProblem]):
    class Meta:
        model = ScrapeProblem
        fields = ["url", "field", "message"]
        read_only_fields = fields


class ScrapeRunDetailSerializer(ScrapeRunSerializer):
    """A scrape run with its last 200 problems."""

    problems = serializers.SerializerMethodField()

    class Meta(ScrapeRunSerializer.Meta):
        fields = [*ScrapeRunSerializer.Meta.fields, "problems"]
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


class StartSerializer(StrictSerializer):
    """The name of the shop to crawl. Its address is configured on the server."""

    site = SiteField(initial=settings.DEFAULT_SITE)
    full = StrictBooleanField(
        default=False, label="Fetch every page", help_text="Otherwise only pages that are new, changed or due."
    )
