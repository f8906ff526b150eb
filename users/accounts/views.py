"""The users service and sign-in."""

from typing import Any

from django.contrib.auth import authenticate, logout
from django.contrib.auth.signals import user_logged_in
from django.db import IntegrityError
from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import mixins, viewsets
from rest_framework.decorators import action
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.permissions import AllowAny, BasePermission, IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer
from rest_framework.throttling import BaseThrottle
from rest_framework.views import APIView

from core.api.problem_details import Conflict
from core.api.query_parameters import DeclaredParameters
from users.accounts import serializers
from users.accounts.directory import find_record
from users.accounts.pagination import ArrayPages
from users.accounts.permissions import DirectoryIsOpen, RegistrationIsOpen, SaysWhy
from users.accounts.throttles import LoginsFromAddress, LoginsToAccount, RegistrationsFromAddress
from users.models import Token, User

LARGEST_BODY = 16 * 1024  # bytes, of what strangers send


@extend_schema_view(
    list=extend_schema(summary="Everyone, by id; a page of them where `page` or `limit` is given"),
    retrieve=extend_schema(summary="One person"),
    create=extend_schema(summary="Register", responses={201: serializers.UserSerializer}),
)
class UserViewSet(
    DeclaredParameters,
    SaysWhy,
    mixins.CreateModelMixin,
    mixins.ListModelMixin,
    mixins.RetrieveModelMixin,
    viewsets.GenericViewSet[User],
):
    """People with an account."""

    queryset = User.objects.order_by("pk")
    pagination_class = ArrayPages
    largest_body = LARGEST_BODY
    lookup_value_regex = "[0-9]{1,100}"

    def get_permissions(self) -> list[BasePermission]:
        if self.action == "create":
            return [RegistrationIsOpen()]
        return [DirectoryIsOpen()] if self.action in {"list", "retrieve"} else [IsAuthenticated()]

    def get_throttles(self) -> list[BaseThrottle]:
        return [RegistrationsFromAddress()] if self.action == "create" else []

    def get_queryset(self) -> QuerySet[User]:
        return super().get_queryset().visible_to(self.request.user)  # type: ignore[attr-defined,no-any-return]

    def get_serializer_class(self) -> type[BaseSerializer[Any]]:
        return serializers.RegistrationSerializer if self.action == "create" else serializers.UserSerializer

    def retrieve(self, request: Request, pk: str) -> Response:
        return Response(find_record(int(pk), request.user))

    def perform_create(self, serializer: BaseSerializer[User]) -> None:
        save_or_conflict(serializer)

    @extend_schema(summary="My own record", responses=serializers.UserSerializer)
    @action(detail=False, pagination_class=None)
    def me(self, request: Request) -> Response:
        return Response(self.get_serializer(request.user).data)

    @extend_schema(
        summary="Change my record",
        request=serializers.MyselfSerializer(partial=True),
        responses=serializers.UserSerializer,
    )
    @me.mapping.patch
    def change_me(self, request: Request) -> Response:
        serializer = serializers.MyselfSerializer(signed_in(request), request.data, partial=True)
        serializer.is_valid(raise_exception=True)
        return Response(serializers.record(save_or_conflict(serializer)))

    @extend_schema(
        summary="Delete my account, with the password asked again",
        request=serializers.LeavingSerializer,
        responses={204: None},
    )
    @me.mapping.delete
    def delete_me(self, request: Request) -> Response:
        serializer = serializers.LeavingSerializer(data=request.data, context={"request": request})
        serializer.is_valid(raise_exception=True)
        signed_in(request).delete()
        return Response(status=204)


def signed_in(request: Request) -> User:
    """Whoever asks, where the permissions let nobody else in."""
    assert isinstance(request.user, User)
    return request.user


def save_or_conflict(serializer: BaseSerializer[Any]) -> User:
    """Saves a person; raises Conflict where the e-mail address is taken, also by somebody at this moment."""
    try:
        user: User = serializer.save()
    except IntegrityError as error:  # the serializer has checked what the other constraints ask
        raise Conflict("There is an account with this e-mail address already.") from error
    return user


class LoginView(DeclaredParameters, APIView):
    """An e-mail address and a password for a token, to be sent as `Authorization: Bearer …`."""

    authentication_classes = []
    permission_classes = [AllowAny]
    throttle_classes = [LoginsFromAddress, LoginsToAccount]
    largest_body = LARGEST_BODY

    def get_authenticate_header(self, request: Request) -> str:
        return "Bearer"

    @extend_schema(
        summary="Sign in", request=serializers.LoginSerializer, responses={200: serializers.TokenSerializer}, auth=[]
    )
    def post(self, request: Request) -> Response:
        serializer = serializers.LoginSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        given = serializer.validated_data
        # Takes the time of a hash and says the same, whether the account or its password is wrong.
        user = authenticate(request, username=given["email"], password=given["password"])
        if not isinstance(user, User):
            raise AuthenticationFailed("The e-mail address or the password is wrong.")
        Token.objects.filter(user=user, expiry__lt=timezone.now()).delete()
        row, token = Token.objects.create(user=user)
        user_logged_in.send(sender=User, request=request, user=user)
        return Response(serializers.TokenSerializer({"token": token, "expiry": row.expiry, "user": user}).data)


class LogoutView(DeclaredParameters, APIView):
    """Ends the token or the session that asks."""

    permission_classes = [IsAuthenticated]

    @extend_schema(summary="Sign out", request=None, responses={204: None})
    def post(self, request: Request) -> Response:
        if isinstance(request.auth, Token):
            request.auth.delete()
        else:
            logout(request)
        return Response(status=204)


class LogoutAllView(DeclaredParameters, APIView):
    """Ends every token of the person who asks."""

    permission_classes = [IsAuthenticated]

    @extend_schema(summary="Sign out everywhere", request=None, responses={204: None})
    def post(self, request: Request) -> Response:
        Token.objects.filter(user=request.user).delete()
        if not isinstance(request.auth, Token):
            logout(request)
        return Response(status=204)
