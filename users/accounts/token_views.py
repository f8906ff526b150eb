"""Views of tokens."""

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema, extend_schema_view
from rest_framework import mixins, viewsets
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer

from core.api.personal_data import NeverStored
from core.api.query_parameters import DeclaredParametersMixin
from core.api.throttling import CountsAttempts
from users.accounts import serializers
from users.accounts.tokens import create_token, revoke_token
from users.accounts.views import get_account
from users.models import Token


@extend_schema_view(
    list=extend_schema(summary="List your tokens, newest first"),
    create=extend_schema(
        summary="Create a token; requires your password",
        description="The response is the only one that contains the token. It expires after `days`.",
        responses={201: serializers.NewTokenSerializer},
    ),
    destroy=extend_schema(summary="Revoke a token"),
)
class TokenViewSet(
    CountsAttempts, NeverStored, DeclaredParametersMixin, mixins.ListModelMixin, viewsets.GenericViewSet[Token]
):
    """The caller's tokens: those created here, and those from signing in, which have no name."""

    queryset = Token.objects.order_by("-created", "-pk")
    permission_classes = [IsAuthenticated]
    lookup_url_kwarg = "token_id"
    lookup_value_regex = "[0-9]{1,100}"
    further_errors = {"create": {429}}  # for the schema

    def get_queryset(self) -> QuerySet[Token]:
        return super().get_queryset().unexpired_of(get_account(self.request))  # type: ignore[attr-defined,no-any-return]

    def get_serializer_class(self) -> type[BaseSerializer[Any]]:
        return serializers.TokenCreationSerializer if self.action == "create" else serializers.StoredTokenSerializer

    def create(self, request: Request) -> Response:
        serializer = self.get_serializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        token, stored_token = create_token(get_account(request), **serializer.validated_data)
        stored_token.token = token
        created = serializers.NewTokenSerializer(stored_token, context=self.get_serializer_context())
        return Response(created.data, status=201)

    def destroy(self, request: Request, token_id: str) -> Response:
        revoke_token(get_account(request), int(token_id))
        return Response(status=204)
