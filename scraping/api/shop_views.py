"""The API of shops: staff allow shops, confirm their first prices, and pause, block and resume them."""

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import mixins, viewsets
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer

from core.api.query_parameters import DeclaredParametersMixin
from scraping.api.permissions import ShopDecisionPermissions, ShopPermissions
from scraping.api.shop_serializers import DecisionSerializer, ShopSerializer, WaitingProductSerializer
from scraping.models import Shop
from scraping.shops import states
from scraping.shops.confirmation import list_waiting_products

DECIDING = [ShopDecisionPermissions]


@extend_schema_view(
    list=extend_schema(summary="List the shops"),
    retrieve=extend_schema(summary="Get a shop"),
    create=extend_schema(summary="Allow a shop"),
    partial_update=extend_schema(summary="Change a shop"),
)
class ShopViewSet(
    DeclaredParametersMixin,
    mixins.ListModelMixin,
    mixins.RetrieveModelMixin,
    mixins.CreateModelMixin,
    viewsets.GenericViewSet[Shop],
):
    """Shops whose pages may be read. A shop is blocked instead of deleted, so that its books keep their source."""

    queryset = Shop.objects.select_related("source")
    permission_classes = [ShopPermissions]
    serializer_class = ShopSerializer
    lookup_url_kwarg = "slug"
    lookup_value_regex = "[-a-zA-Z0-9_]{1,100}"

    def get_queryset(self) -> QuerySet[Shop]:
        return super().get_queryset().order_by("pk")

    def get_serializer_class(self) -> type[BaseSerializer[Any]]:
        return DecisionSerializer if self.action in {"pause", "block"} else ShopSerializer

    def partial_update(self, request: Request, slug: str) -> Response:
        shop = self.get_object()
        serializer = self.get_serializer(shop, data=request.data, partial=True)
        serializer.is_valid(raise_exception=True)
        serializer.save()
        return Response(serializer.data)

    @extend_schema(
        summary="List the products of a new shop that wait for confirmation",
        responses=WaitingProductSerializer(many=True),
    )
    @action(detail=True, pagination_class=None, filter_backends=[])
    def products(self, request: Request, slug: str) -> Response:
        products = list_waiting_products(self.get_object())
        return Response([WaitingProductSerializer(product).data for product in products])

    @extend_schema(
        summary="Confirm the first prices of a shop", request=None, responses=ShopSerializer,
        description="The waiting products are stored in the catalogue, and the shop is read on.",
    )  # fmt: skip
    @action(detail=True, methods=["post"], permission_classes=DECIDING)
    def confirm(self, request: Request, slug: str) -> Response:
        shop = self.get_object()
        states.confirm(shop)
        return self._describe(shop)

    @extend_schema(summary="Pause a shop", request=DecisionSerializer, responses=ShopSerializer)
    @action(detail=True, methods=["post"], permission_classes=DECIDING)
    def pause(self, request: Request, slug: str) -> Response:
        shop = self.get_object()
        states.pause(shop, self._read_reason(request))
        return self._describe(shop)

    @extend_schema(summary="Block a shop: it must not be read", request=DecisionSerializer, responses=ShopSerializer)
    @action(detail=True, methods=["post"], permission_classes=DECIDING)
    def block(self, request: Request, slug: str) -> Response:
        shop = self.get_object()
        states.block(shop, self._read_reason(request))
        return self._describe(shop)

    @extend_schema(summary="Resume a paused or blocked shop", request=None, responses=ShopSerializer)
    @action(detail=True, methods=["post"], permission_classes=DECIDING)
    def resume(self, request: Request, slug: str) -> Response:
        shop = self.get_object()
        states.resume(shop)
        return self._describe(shop)

    def _read_reason(self, request: Request) -> str:
        serializer = DecisionSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        return str(serializer.validated_data["reason"])

    def _describe(self, shop: Shop) -> Response:
        return Response(ShopSerializer(shop, context=self.get_serializer_context()).data)
