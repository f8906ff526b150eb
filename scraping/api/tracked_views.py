"""The API of tracked pages: people track product pages by their addresses."""

from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import mixins, viewsets
from rest_framework.exceptions import ValidationError
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer

from core.api.personal_data import NeverStored
from core.api.query_parameters import DeclaredParametersMixin
from scraping.api.tracked_serializers import NewTrackedPageSerializer, TrackedPageSerializer
from scraping.models import TrackedPage
from scraping.shops.rejections import Rejected
from scraping.shops.tracking import list_tracked, stop_tracking, track


@extend_schema_view(
    list=extend_schema(summary="List the pages that you track, newest first"),
    retrieve=extend_schema(summary="Get a tracked page"),
    create=extend_schema(
        summary="Track a product page",
        description="The page is read at once, and then every night. The status is 200 if you track it already. 422 "
        "states why a page cannot be tracked: the text is not an address, staff have not allowed the host, robots.txt "
        "or the shop refuses, the page states no product or several ones, or its price is not certain. If the shop "
        "cannot be requested at the moment, the state is `waiting`.",
        responses={200: TrackedPageSerializer, 201: TrackedPageSerializer},
    ),
    destroy=extend_schema(summary="Stop tracking a page", description="Its book and its prices stay."),
)
class TrackedPageViewSet(
    NeverStored,
    DeclaredParametersMixin,
    mixins.ListModelMixin,
    mixins.RetrieveModelMixin,
    mixins.DestroyModelMixin,
    viewsets.GenericViewSet[TrackedPage],
):
    """Product pages that the caller tracks."""

    queryset = TrackedPage.objects.all()
    permission_classes = [IsAuthenticated]
    lookup_value_regex = "[0-9]{1,100}"

    def get_queryset(self) -> QuerySet[TrackedPage]:
        return list_tracked(get_user_id(self.request))

    def get_serializer_class(self) -> type[BaseSerializer[Any]]:
        return NewTrackedPageSerializer if self.action == "create" else TrackedPageSerializer

    def create(self, request: Request) -> Response:
        serializer = self.get_serializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        try:
            tracked, is_new = track(user_id=get_user_id(request), url=serializer.validated_data["url"])
        except Rejected as rejected:
            raise ValidationError({"url": [rejected.reason]}, code=rejected.cause) from rejected
        tracked = self.get_queryset().get(pk=tracked.pk)
        location = request.build_absolute_uri(reverse("trackedpage-detail", args=[tracked.pk]))
        body = TrackedPageSerializer(tracked, context=self.get_serializer_context()).data
        return Response(body, status=201 if is_new else 200, headers={"Location": location})

    def perform_destroy(self, instance: TrackedPage) -> None:
        stop_tracking(instance)


def get_user_id(request: Request) -> int:
    """The caller, who has signed in."""
    assert request.user.pk is not None
    return request.user.pk
