"""Views of accounts and of signing in."""

from typing import Any

from django.contrib.auth import authenticate, logout
from django.contrib.auth.signals import user_logged_in
from django.db import IntegrityError, transaction
from django.db.models import QuerySet
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

from core.api.permissions import ExplainsDenial
from core.api.personal_data import NeverStored
from core.api.query_parameters import DeclaredParametersMixin
from core.api.throttling import CountsAttempts
from core.exceptions import Conflict
from users.accounts import serializers
from users.accounts.changes import delete_account
from users.accounts.pagination import UserArrayPagination
from users.accounts.permissions import DirectoryIsOpen, RegistrationIsOpen
from users.accounts.throttles import (
    LoginsPerAccountThrottle,
    LoginsPerAddressThrottle,
    RegistrationsPerAddressThrottle,
)
from users.accounts.tokens import create_token
from users.models import EMAIL_IN_USE, Token, User

CHANGE_DESCRIPTION = (
    "A new e-mail address or password requires `current_password`. A new password ends all tokens. After a change of "
    "`time_zone`, messages that wait are sent at the new times."
)
MAX_BODY_BYTES = 16 * 1024  # for routes that anonymous clients may use


@extend_schema_view(
    list=extend_schema(summary="List users by id; one page if `page` or `limit` is given"),
    retrieve=extend_schema(summary="Get one user"),
    create=extend_schema(summary="Register", responses={201: serializers.UserSerializer}),
)
class UserViewSet(
    CountsAttempts,
    NeverStored,
    DeclaredParametersMixin,
    ExplainsDenial,
    mixins.CreateModelMixin,
    mixins.ListModelMixin,
    mixins.RetrieveModelMixin,
    viewsets.GenericViewSet[User],
):
    """Users with an account. A registration with a `password` can sign in.

    DELETE of your account sends your `password` in the body, which this page cannot do; the documentation page can.
    """

    queryset = User.objects.order_by("pk")
    pagination_class = UserArrayPagination
    max_body_bytes = MAX_BODY_BYTES
    lookup_value_regex = "[0-9]{1,100}"
    actions_with_delete_body = frozenset({"delete_me"})
    further_errors = {"create": {409}, "change_me": {409, 429}, "delete_me": {429}}  # for the schema

    def get_permissions(self) -> list[BasePermission]:
        if self.action == "create":
            return [RegistrationIsOpen()]
        return [DirectoryIsOpen()] if self.action in {"list", "retrieve"} else [IsAuthenticated()]

    def get_throttles(self) -> list[BaseThrottle]:
        return [RegistrationsPerAddressThrottle()] if self.action == "create" else []

    def get_queryset(self) -> QuerySet[User]:
        return super().get_queryset().visible_to(self.request.user)  # type: ignore[attr-defined,no-any-return]

    def get_serializer_class(self) -> type[BaseSerializer[Any]]:
        forms = {"create": serializers.RegistrationSerializer, "change_me": serializers.OwnAccountSerializer}
        return forms.get(self.action, serializers.UserSerializer)

    def perform_create(self, serializer: BaseSerializer[User]) -> None:
        save_or_conflict(serializer)

    @extend_schema(summary="Get your account", responses=serializers.AccountSerializer)
    @action(detail=False, pagination_class=None, name="Your account")
    def me(self, request: Request) -> Response:
        return Response(serializers.AccountSerializer(get_account(request)).data)

    @extend_schema(
        summary="Change your account",
        description=CHANGE_DESCRIPTION,
        request=serializers.OwnAccountSerializer(partial=True),
        responses=serializers.AccountSerializer,
    )
    @me.mapping.patch
    def change_me(self, request: Request) -> Response:
        serializer = serializers.OwnAccountSerializer(get_account(request), request.data, partial=True)
        serializer.is_valid(raise_exception=True)
        serializer.save()
        return Response(serializer.data)

    @extend_schema(
        summary="Delete your account; requires its password",
        request=serializers.AccountDeletionSerializer,
        responses={204: None},
    )
    @me.mapping.delete
    def delete_me(self, request: Request) -> Response:
        serializer = serializers.AccountDeletionSerializer(data=request.data, context={"request": request})
        serializer.is_valid(raise_exception=True)
        delete_account(get_account(request))
        return Response(status=204)


def get_account(request: Request) -> User:
    """Returns the client's account. For views that require authentication."""
    assert isinstance(request.user, User)
    return request.user


def save_or_conflict(serializer: BaseSerializer[User]) -> None:
    """Raises Conflict if the e-mail address is taken.

    The database decides: a query before the write would miss an account that another request creates at the same time.
    The serializer has checked the conditions of all other constraints.
    """
    try:
        with transaction.atomic():
            serializer.save()
    except IntegrityError as error:
        raise Conflict(EMAIL_IN_USE) from error


class LoginView(CountsAttempts, NeverStored, DeclaredParametersMixin, APIView):
    """Exchanges an e-mail address and a password for a token, which is sent as `Authorization: Bearer …`."""

    authentication_classes = []
    permission_classes = [AllowAny]
    throttle_classes = [LoginsPerAddressThrottle]
    further_errors = {"post": {401}}  # for the schema
    max_body_bytes = MAX_BODY_BYTES

    def get_serializer(self, *arguments: Any, **options: Any) -> serializers.LoginSerializer:
        """For the editor of the browsable API."""
        return serializers.LoginSerializer(*arguments, **options)

    def get_authenticate_header(self, request: Request) -> str:
        return "Bearer"

    @extend_schema(
        summary="Sign in", request=serializers.LoginSerializer, responses={200: serializers.TokenSerializer}, auth=[]
    )
    def post(self, request: Request) -> Response:
        serializer = self.get_serializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        user = authenticate_or_refuse(request, **serializer.validated_data)
        token, stored_token = create_token(user)
        user_logged_in.send(sender=User, request=request, user=user)
        session = {"token": token, "expiry": stored_token.expiry, "user": user}
        return Response(serializers.TokenSerializer(session).data)


def authenticate_or_refuse(request: Request, email: str, password: str) -> User:
    """Raises Throttled, or AuthenticationFailed."""
    LoginsPerAccountThrottle().check_email(email)
    # Hashes one password even if the account is unknown, so that neither time nor message reveals accounts.
    user = authenticate(request, username=email, password=password)
    if not isinstance(user, User):
        raise AuthenticationFailed("The e-mail address or the password is wrong.")
    return user


class LogoutView(NeverStored, DeclaredParametersMixin, APIView):
    """Ends the token or the session of the request."""

    permission_classes = [IsAuthenticated]

    @extend_schema(summary="Sign out", request=None, responses={204: None})
    def post(self, request: Request) -> Response:
        if isinstance(request.auth, Token):
            request.auth.delete()
        else:
            logout(request)
        return Response(status=204)


class LogoutAllView(NeverStored, DeclaredParametersMixin, APIView):
    """Ends all tokens and all browser sessions of the user."""

    permission_classes = [IsAuthenticated]

    @extend_schema(summary="Sign out everywhere", request=None, responses={204: None})
    def post(self, request: Request) -> Response:
        get_account(request).sign_out_everywhere()
        if not isinstance(request.auth, Token):
            logout(request)
        return Response(status=204)
