"""What is sent of crawls, and what a request to start one says."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from core.api.serializers import StrictSerializer, TrueOrFalse
from scraping.models import ScrapeProblem, ScrapeRun
from scraping.sites.registry import SHOPS


class CountsSerializer(serializers.ModelSerializer[ScrapeRun]):
    """Pages asked for, and what became of the books: seen = created + updated + unchanged + held + failed."""

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
    """With its last 200 problems."""

    problems = serializers.SerializerMethodField()

    class Meta(ScrapeRunSerializer.Meta):
        fields = [*ScrapeRunSerializer.Meta.fields, "problems"]
        read_only_fields = fields

    @extend_schema_field(ScrapeProblemSerializer(many=True))
    def get_problems(self, run: ScrapeRun) -> Any:
        return ScrapeProblemSerializer(run.problems.all(), many=True).data


class StartSerializer(StrictSerializer):
    """Which shop to crawl. It is named: where it is, the settings say."""

    site = serializers.ChoiceField(list(SHOPS), initial=next(iter(SHOPS)))
    full = TrueOrFalse(
        default=False, label="Fetch every page", help_text="Not only the pages that are new, changed or old."
    )
