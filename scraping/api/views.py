"""Crawls in the API: staff start them, look at them and cancel them."""

from typing import Any

from django.urls import reverse
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import mixins, status, viewsets
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer

from core.api.problem_details import Conflict
from core.api.query_parameters import DeclaredParameters
from scraping.api import filters, serializers
from scraping.api.permissions import StaffOnly
from scraping.errors import RunEnded, RunInProgress
from scraping.models import ScrapeRun
from scraping.runs import lifecycle as runs
from scraping.tasks import start_in_background


@extend_schema_view(
    list=extend_schema(summary="A page of crawls, newest first"),
    retrieve=extend_schema(summary="One crawl, with its last problems"),
)
class ScrapeRunViewSet(
    DeclaredParameters, mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet[ScrapeRun]
):
    """Crawls of the shop: what is queued, what is on, what came of the earlier ones."""

    queryset = ScrapeRun.objects.all()
    permission_classes = [StaffOnly]
    filterset_class = filters.ScrapeRunFilter
    lookup_value_regex = "[0-9]{1,100}"

    def get_serializer_class(self) -> type[BaseSerializer[Any]]:
        if self.action == "create":
            return serializers.StartSerializer
        return serializers.ScrapeRunDetailSerializer if self.detail else serializers.ScrapeRunSerializer

    @extend_schema(summary="Start a crawl in the background", responses={202: serializers.ScrapeRunDetailSerializer})
    def create(self, request: Request) -> Response:
        asked = serializers.StartSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        site, is_full = asked.validated_data["site"], asked.validated_data["full"]
        try:
            run = start_in_background(site=site, trigger=ScrapeRun.Trigger.API, is_full=is_full)
        except RunInProgress as error:
            raise Conflict(str(error)) from error
        where = request.build_absolute_uri(reverse("scraperun-detail", args=[run.pk]))
        return Response(_told(run), status=status.HTTP_202_ACCEPTED, headers={"Location": where})

    @extend_schema(
        summary="Cancel a crawl", request=None, responses={202: serializers.ScrapeRunDetailSerializer},
        description="A queued one ends at once, one that is on between two pages.",
    )  # fmt: skip
    @action(detail=True, methods=["post"])
    def cancel(self, request: Request, pk: str) -> Response:
        run = self.get_object()
        try:
            runs.cancel(run)
        except RunEnded as error:
            raise Conflict(str(error)) from error
        return Response(_told(run), status=status.HTTP_202_ACCEPTED)


def _told(run: ScrapeRun) -> Any:
    run.refresh_from_db()
    return serializers.ScrapeRunDetailSerializer(run).data
