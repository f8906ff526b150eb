"""The API of price watches: `/api/watches`. Each caller sees only their own, staff as well."""

from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view
from rest_framework import viewsets
from rest_framework.decorators import action
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer

from core.api.personal_data import NeverStored
from core.api.query_parameters import DeclaredParametersMixin
from users.accounts.views import get_account
from users.models import PriceWatch, WatchScope
from users.watches.api import serializers
from users.watches.api.filters import WatchFilter
from users.watches.defaults import find_default, find_terms, set_default
from users.watches.overview import Overview, load_overviews
from users.watches.watching import WatchTerms, change_watch, create_watch, delete_watch

LOCATION = OpenApiParameter("Location", str, "header", response=[201], description="The address of the watch.")


@extend_schema_view(
    list=extend_schema(
        summary="List your price watches, newest first", responses=serializers.WatchSerializer(many=True)
    ),
    retrieve=extend_schema(summary="Get one price watch"),
    create=extend_schema(
        summary="Watch the price or the availability of a book",
        description="If the condition is true already, `is_met` states it, and the watch fires at once. If you have an "
        "equal watch, the response is 200 and that watch, unchanged.",
        parameters=[LOCATION],
        request=serializers.NewWatchSerializer,
        responses={201: serializers.WatchSerializer, 200: serializers.WatchSerializer},
    ),
    partial_update=extend_schema(
        summary="Change a watch, pause it or resume it",
        description="A new rule needs its value: send `null` for the values of the earlier one.",
        request=serializers.ChangeSerializer,
        responses=serializers.WatchSerializer,
    ),
    destroy=extend_schema(summary="Delete a watch"),
)
class WatchViewSet(NeverStored, DeclaredParametersMixin, viewsets.GenericViewSet[PriceWatch]):
    """The caller's rules on prices and availability. Each event of a watch is a notification."""

    queryset = PriceWatch.objects.with_books()
    serializer_class = serializers.WatchSerializer
    filterset_class = WatchFilter
    permission_classes = [IsAuthenticated]
    lookup_value_regex = "[0-9]{1,100}"
    further_errors = {"create": {409}, "partial_update": {409}}  # for the schema

    def get_queryset(self) -> QuerySet[PriceWatch]:
        watches: QuerySet[PriceWatch] = super().get_queryset().owned_by(get_account(self.request))  # type: ignore[attr-defined]
        return watches

    def get_serializer_class(self) -> type[BaseSerializer[Any]]:
        requests: dict[str, type[BaseSerializer[Any]]] = {
            "create": serializers.NewWatchSerializer,
            "partial_update": serializers.ChangeSerializer,
            "default": serializers.DefaultChangeSerializer,
        }
        return requests.get(self.action, self.serializer_class)

    def get_serializer(self, instance: Any = None, **options: Any) -> BaseSerializer[Any]:
        """For an overview, which the browsable API takes from the response, that of its watch."""
        return super().get_serializer(instance.watch if isinstance(instance, Overview) else instance, **options)

    def list(self, request: Request) -> Response:
        page = self.paginate_queryset(self.filter_queryset(self.get_queryset())) or []
        return self.get_paginated_response(serializers.WatchSerializer(load_overviews(page), many=True).data)

    def retrieve(self, request: Request, pk: str) -> Response:
        return self._respond(self.get_object().pk)

    def create(self, request: Request) -> Response:
        values = self._read_values(request)
        user, book = get_account(request), values.pop("book")
        if "rule" not in values:
            values = {**find_terms(user, book), **values}
        watch, is_new = create_watch(user=user, book=book, terms=WatchTerms(**values))
        location = request.build_absolute_uri(reverse("pricewatch-detail", args=[watch.pk]))
        return self._respond(watch.pk, status=201 if is_new else 200, headers={"Location": location} if is_new else {})

    def partial_update(self, request: Request, pk: str) -> Response:
        watch = change_watch(user=get_account(request), pk=pk, changes=self._read_values(request))
        return self._respond(watch.pk)

    def destroy(self, request: Request, pk: str) -> Response:
        delete_watch(user=get_account(request), pk=pk)
        return Response(status=204)

    @extend_schema(
        methods=["GET"],
        summary="Get the rule of new watches that state none",
        responses=serializers.DefaultSerializer,
        filters=False,
    )
    @extend_schema(
        methods=["PUT"],
        summary="Set the rule of new watches that state none",
        request=serializers.DefaultChangeSerializer,
        responses=serializers.DefaultSerializer,
        filters=False,
    )
    @action(detail=False, methods=["get", "put"], pagination_class=None, filterset_class=None)
    def default(self, request: Request) -> Response:
        user = get_account(request)
        if request.method != "PUT":
            return Response(serializers.DefaultSerializer(find_default(user)).data)
        serializer = serializers.DefaultChangeSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        values = {"scope": WatchScope.BOOK, **serializer.validated_data}
        return Response(serializers.DefaultSerializer(set_default(user=user, **values)).data)

    def _read_values(self, request: Request) -> dict[str, Any]:
        serializer = self.get_serializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        values: dict[str, Any] = serializer.validated_data
        return values

    def _respond(self, pk: int, *, status: int = 200, headers: dict[str, str] | None = None) -> Response:
        [overview] = load_overviews([self.get_queryset().get(pk=pk)])
        return Response(serializers.WatchSerializer(overview).data, status=status, headers=headers)
