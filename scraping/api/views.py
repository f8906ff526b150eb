"""The API of scrape runs: staff with the permissions start, view and cancel them."""

from typing import Any

from django.urls import reverse
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view
from rest_framework import mixins, status, viewsets
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer

from core.api.query_parameters import DeclaredParametersMixin
from core.exceptions import Conflict
from scraping.api import filters, serializers
from scraping.api.permissions import CancelPermissions, ScrapeRunPermissions
from scraping.errors import RunEnded, RunInProgress
from scraping.models import ScrapeRun
from scraping.runs import lifecycle as runs
from scraping.tasks import start_in_background

LOCATION = OpenApiParameter("Location", str, "header", response=[202], description="The address of the scrape run.")


@extend_schema_view(
    list=extend_schema(summary="List crawls, newest first"),
    retrieve=extend_schema(summary="Get a crawl with its last problems"),
)
class ScrapeRunViewSet(
    DeclaredParametersMixin, mixins.ListModelMixin, mixins.RetrieveModelMixin, viewsets.GenericViewSet[ScrapeRun]
):
    """Queued, running and finished crawls."""

    queryset = ScrapeRun.objects.all()
    permission_classes = [ScrapeRunPermissions]
    filterset_class = filters.ScrapeRunFilter
    lookup_value_regex = "[0-9]{1,100}"
    further_errors = {"create": {409}, "cancel": {409}}  # for the schema

    def get_serializer_class(self) -> type[BaseSerializer[Any]]:
        if self.action == "create":
            return serializers.StartSerializer
        return serializers.ScrapeRunDetailSerializer if self.detail else serializers.ScrapeRunSerializer

    @extend_schema(
        summary="Start a crawl in the background",
        parameters=[LOCATION],
        responses={202: serializers.ScrapeRunDetailSerializer},
    )
    def create(self, request: Request) -> Response:
        serializer = serializers.StartSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        site, is_full = serializer.validated_data["site"], serializer.validated_data["full"]
        try:
            run = start_in_background(site=site, trigger=ScrapeRun.Trigger.API, is_full=is_full)
        except RunInProgress as error:
            raise Conflict(str(error)) from error
        location = request.build_absolute_uri(reverse("scraperun-detail", args=[run.pk]))
        return Response(_serialize(run), status=status.HTTP_202_ACCEPTED, headers={"Location": location})

    @extend_schema(
        summary="Cancel a crawl", request=None, responses={202: serializers.ScrapeRunDetailSerializer},
        description="A queued crawl is cancelled at once; a running one stops after the current page.",
    )  # fmt: skip
    @action(detail=True, methods=["post"], permission_classes=[CancelPermissions])
    def cancel(self, request: Request, pk: str) -> Response:
        run = self.get_object()
        try:
            runs.cancel(run)
        except RunEnded as error:
            raise Conflict(str(error)) from error
        return Response(_serialize(run), status=status.HTTP_202_ACCEPTED)


def _serialize(run: ScrapeRun) -> Any:
    run.refresh_from_db()
    return serializers.ScrapeRunDetailSerializer(run).data
