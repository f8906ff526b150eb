"""The API of the preferences of notifications, and of the private feed."""

from django.urls import reverse
from drf_spectacular.utils import extend_schema
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from core.api.personal_data import NeverStored
from core.api.query_parameters import DeclaredParametersMixin
from users.accounts.views import get_account
from users.notifications.api.settings_serializers import FeedAddressSerializer, FeedSerializer, PreferencesSerializer
from users.notifications.feeds import remove_feed, renew_feed_secret
from users.notifications.timetables import change_preferences, load_preferences


class PreferencesView(NeverStored, DeclaredParametersMixin, APIView):
    """The caller's digests and quiet hours, and the events that staff are notified of."""

    permission_classes = [IsAuthenticated]

    @extend_schema(summary="Get your quiet hours and the time of digests", responses=PreferencesSerializer)
    def get(self, request: Request) -> Response:
        return Response(PreferencesSerializer(load_preferences(get_account(request))).data)

    @extend_schema(
        summary="Change your quiet hours and the time of digests",
        description="Messages that wait are sent at the new times.",
        request=PreferencesSerializer(partial=True),
        responses=PreferencesSerializer,
    )
    def patch(self, request: Request) -> Response:
        user = get_account(request)
        serializer = PreferencesSerializer(load_preferences(user), data=request.data, partial=True)
        serializer.is_valid(raise_exception=True)
        return Response(PreferencesSerializer(change_preferences(user, serializer.validated_data)).data)


class PrivateFeedView(NeverStored, DeclaredParametersMixin, APIView):
    """The Atom feed of the caller's notifications. The secret in its address replaces signing in."""

    permission_classes = [IsAuthenticated]

    @extend_schema(summary="Get whether your private feed has an address", responses=FeedSerializer)
    def get(self, request: Request) -> Response:
        has_address = load_preferences(get_account(request)).feed_hash is not None
        return Response(FeedSerializer({"has_address": has_address}).data)

    @extend_schema(
        summary="Make a new address of your private feed",
        description="An earlier address is invalid at once. No other response contains the new one.",
        request=None,
        responses={201: FeedAddressSerializer},
    )
    def post(self, request: Request) -> Response:
        path = f"{reverse('web:notifications-feed')}?key={renew_feed_secret(get_account(request))}"
        return Response(FeedAddressSerializer({"url": request.build_absolute_uri(path)}).data, status=201)

    @extend_schema(summary="Remove the address of your private feed", responses={204: None})
    def delete(self, request: Request) -> Response:
        remove_feed(get_account(request))
        return Response(status=204)
