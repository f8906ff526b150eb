"""The API of notifications and channels. Each caller sees only their own, staff as well."""

from typing import Any

from django.core.exceptions import ValidationError as DjangoValidationError
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_view
from rest_framework import mixins, viewsets
from rest_framework.decorators import action
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer, ValidationError

from core.api.personal_data import NeverStored
from core.api.query_parameters import DeclaredParametersMixin
from core.api.throttling import CountsAttempts
from users.accounts.password_mails import public_origin
from users.accounts.views import get_account
from users.models import Channel, Notification
from users.notifications import channels
from users.notifications.api import serializers
from users.notifications.api.filters import NotificationFilter
from users.notifications.confirmations import request_confirmation
from users.notifications.reading import find_notifications, mark_read

LOCATION = OpenApiParameter("Location", str, "header", response=[201], description="The address of the channel.")


@extend_schema_view(
    list=extend_schema(summary="List your notifications, newest first"),
    retrieve=extend_schema(summary="Get one notification with its deliveries"),
)
class NotificationViewSet(
    NeverStored,
    DeclaredParametersMixin,
    mixins.ListModelMixin,
    mixins.RetrieveModelMixin,
    viewsets.GenericViewSet[Notification],
):
    """The caller's notifications, and whether each was sent by the caller's channels."""

    queryset = Notification.objects.all()
    serializer_class = serializers.NotificationSerializer
    filterset_class = NotificationFilter
    permission_classes = [IsAuthenticated]
    lookup_value_regex = "[0-9]{1,100}"

    def get_queryset(self) -> QuerySet[Notification]:
        return find_notifications(get_account(self.request))

    @extend_schema(
        summary="Mark a notification as read or unread",
        request=serializers.ReadSerializer,
        responses=serializers.NotificationSerializer,
    )
    def partial_update(self, request: Request, pk: str) -> Response:
        notification = self.get_object()
        serializer = serializers.ReadSerializer(data=request.data, partial=True)
        serializer.is_valid(raise_exception=True)
        if (is_read := serializer.validated_data.get("read")) is not None:
            read_at = (notification.read_at or timezone.now()) if is_read else None
            Notification.objects.filter(pk=notification.pk).update(read_at=read_at)
        return Response(self.get_serializer(self.get_object()).data)

    @extend_schema(summary="Mark all your notifications as read", request=None, responses=serializers.MarkedSerializer)
    @action(detail=False, methods=["post"], url_path="read-all", filterset_class=None)
    def read_all(self, request: Request) -> Response:
        return Response({"marked": mark_read(get_account(request))})


@extend_schema_view(
    list=extend_schema(summary="List your channels"),
    retrieve=extend_schema(summary="Get one channel"),
    destroy=extend_schema(summary="Delete a channel, and what waits for it"),
)
class ChannelViewSet(
    CountsAttempts,
    NeverStored,
    DeclaredParametersMixin,
    mixins.ListModelMixin,
    mixins.RetrieveModelMixin,
    mixins.DestroyModelMixin,
    viewsets.GenericViewSet[Channel],
):
    """The addresses to which the caller's notifications are sent: e-mail, webhooks and ntfy topics."""

    queryset = Channel.objects.all()
    serializer_class = serializers.ChannelSerializer
    permission_classes = [IsAuthenticated]
    lookup_value_regex = "[0-9]{1,100}"
    further_errors = {
        "create": {409, 429}, "test": {409, 429}, "confirmation": {409, 429}, "renew_secret": {409},
    }  # fmt: skip

    def get_queryset(self) -> QuerySet[Channel]:
        return super().get_queryset().filter(owner=get_account(self.request))

    def get_serializer_class(self) -> type[BaseSerializer[Any]]:
        requests: dict[str, type[BaseSerializer[Any]]] = {
            "create": serializers.NewChannelSerializer,
            "partial_update": serializers.ChannelChangeSerializer,
        }
        return requests.get(self.action, self.serializer_class)

    @extend_schema(
        summary="Add a channel",
        description="An e-mail address gets a mail with a link that confirms it. The response for a webhook is the "
        "only one that contains its secret.",
        parameters=[LOCATION],
        request=serializers.NewChannelSerializer,
        responses={201: serializers.ChannelSecretSerializer},
    )
    def create(self, request: Request) -> Response:
        serializer = serializers.NewChannelSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        new, origin = channels.NewChannel(**serializer.validated_data), public_origin(request)
        try:
            channel = channels.add_channel(new, owner=get_account(request), origin=origin)
        except DjangoValidationError as error:
            raise ValidationError(error.message_dict) from error
        location = request.build_absolute_uri(reverse("channel-detail", args=[channel.pk]))
        data = serializers.ChannelSecretSerializer(channel).data
        return Response(data, status=201, headers={"Location": location})

    def perform_destroy(self, instance: Channel) -> None:
        channels.delete_channel(instance)

    @extend_schema(
        summary="Change the schedule of a channel, or switch it on or off",
        request=serializers.ChannelChangeSerializer,
        responses=serializers.ChannelSerializer,
    )
    def partial_update(self, request: Request, pk: str) -> Response:
        channel = self.get_object()
        serializer = serializers.ChannelChangeSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        channels.change_channel(channel, serializer.validated_data)
        return self._respond(channel)

    @extend_schema(
        summary="Send a test message",
        description="The response is the notification, whose delivery states whether the message has arrived.",
        request=None,
        responses={202: serializers.NotificationSerializer},
    )
    @action(detail=True, methods=["post"])
    def test(self, request: Request, pk: str) -> Response:
        notification = channels.send_test(self.get_object())
        return Response(serializers.NotificationSerializer(notification).data, status=202)

    @extend_schema(
        summary="Send the mail again that confirms an address",
        request=None,
        responses={202: serializers.ChannelSerializer},
    )
    @action(detail=True, methods=["post"])
    def confirmation(self, request: Request, pk: str) -> Response:
        channel = self.get_object()
        request_confirmation(channel)
        return self._respond(channel, status=202)

    @extend_schema(
        summary="Make a new secret for a webhook",
        description="The old one is invalid at once. No other response contains the new one.",
        request=None,
        responses=serializers.ChannelSecretSerializer,
    )
    @action(detail=True, methods=["post"], url_path="renew-secret")
    def renew_secret(self, request: Request, pk: str) -> Response:
        channel = self.get_object()
        channels.renew_secret(channel)
        return Response(serializers.ChannelSecretSerializer(channel).data)

    def _respond(self, channel: Channel, status: int = 200) -> Response:
        channel.refresh_from_db()
        data: Any = serializers.ChannelSerializer(channel).data
        return Response(data, status=status)
