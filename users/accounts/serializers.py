"""Serializers of accounts and of signing in."""

import re
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError as InvalidPassword
from drf_spectacular.utils import extend_schema_field, extend_schema_serializer
from rest_framework import serializers

from core.api.schema_hooks import NO_NUL
from core.api.serializers import StrictCharField, StrictIntegerField, StrictSerializer
from users.accounts.changes import WrongPassword, change_account, confirm_password
from users.accounts.tokens import MAX_DAYS
from users.emails import validate_new_email
from users.models import MAX_AGE, Token, User
from users.names import NAME_PATTERN, validate_name
from users.time_zones import NAME_PATTERN as TIME_ZONE_PATTERN
from users.time_zones import validate_time_zone

INTEGER = re.compile(r"\s*[+-]?[0-9]{1,20}\s*")

USER_EXAMPLE = {"id": 1, "name": "Ann", "email": "ann@example.org", "age": 28}
TIME_ZONE_EXAMPLE = {"time_zone": "Europe/London"}
WRONG_PASSWORD = "This is not your current password."  # noqa: S105  a message
PASSWORD_EXAMPLE = "correct horse battery"  # noqa: S105  an example
TOKEN_EXAMPLE = {
    "id": 2871946372810441,
    "name": "Backup",
    "created_at": "2026-01-02T18:00:00Z",
    "expiry": "2026-04-02T18:00:00Z",
    "is_current": False,
}
AGE_SCHEMA = {
    "oneOf": [
        {"type": "integer", "minimum": 0, "maximum": MAX_AGE},
        {"type": "string", "pattern": r"^([0-9]{1,2}|1[0-4][0-9]|150)$"},
    ]
}
TIME_ZONE_SCHEMA = {"type": "string", "minLength": 1, "maxLength": 64, "pattern": TIME_ZONE_PATTERN}
NAME_SCHEMA = {
    "type": "string",
    "minLength": 1,
    "maxLength": 100,
    "pattern": NAME_PATTERN,
}


@extend_schema_field(AGE_SCHEMA)
class AgeField(serializers.IntegerField):
    """Whole years. Clients of the earlier service may send the string "28"; 3.7, true and "2_8" are invalid."""

    def __init__(self, **options: Any) -> None:
        super().__init__(min_value=0, max_value=MAX_AGE, **options)

    def to_internal_value(self, data: Any) -> int:
        if isinstance(data, float) and data.is_integer():
            return super().to_internal_value(int(data))
        if not (type(data) is int or (isinstance(data, str) and INTEGER.fullmatch(data))):
            self.fail("invalid")
        return super().to_internal_value(data)


@extend_schema_field(NAME_SCHEMA)
class NameField(StrictCharField):
    def __init__(self, **options: Any) -> None:
        super().__init__(max_length=100, validators=[validate_name], **options)


@extend_schema_field(TIME_ZONE_SCHEMA)
class TimeZoneField(StrictCharField):
    """A name of the IANA time zone database."""

    def __init__(self, **options: Any) -> None:
        super().__init__(max_length=64, trim_whitespace=False, validators=[validate_time_zone], **options)


# The validators of AUTH_PASSWORD_VALIDATORS check the length, with their own message.
@extend_schema_field({"type": "string", "minLength": 8, "maxLength": 128, "pattern": NO_NUL})
class NewPasswordField(StrictCharField):
    def __init__(self, **options: Any) -> None:
        super().__init__(max_length=128, trim_whitespace=False, **options)


class UserSerializer(serializers.ModelSerializer[User]):
    """A user. The age is null only if staff created the account without one."""

    example = USER_EXAMPLE

    class Meta:
        model = User
        fields = ["id", "name", "email", "age"]
        read_only_fields = fields


class AccountSerializer(UserSerializer):
    """The account of the caller. Pages and mails show times in its time zone."""

    example = {**USER_EXAMPLE, **TIME_ZONE_EXAMPLE}

    class Meta(UserSerializer.Meta):
        fields = [*UserSerializer.Meta.fields, "time_zone"]
        read_only_fields = fields


class RegistrationSerializer(StrictSerializer):
    """The data of a new account. Without a password the account cannot sign in until one is set."""

    example: dict[str, Any] = {**USER_EXAMPLE, "password": PASSWORD_EXAMPLE}
    name = NameField()
    email = serializers.EmailField(max_length=254, validators=[validate_new_email])
    age = AgeField()
    password = NewPasswordField(write_only=True, required=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if "password" in attrs:
            personal_data = {name: attrs.get(name, getattr(self.instance, name, "")) for name in ("name", "email")}
            check_password_rules(attrs["password"], User(**personal_data))
        return attrs

    def create(self, validated_data: dict[str, Any]) -> User:
        return User.objects.create_user(**validated_data)

    def to_representation(self, instance: User) -> dict[str, Any]:
        return UserSerializer(instance).data


@extend_schema_serializer(component_name="AccountChange")
class OwnAccountSerializer(RegistrationSerializer):
    """Changes of the signed-in account. A new e-mail address or password requires the current password."""

    example = {"name": "Ann Lee", "age": 29, **TIME_ZONE_EXAMPLE}
    time_zone = TimeZoneField(
        required=False, help_text="Of quiet hours and digests, and of the times in pages and mails."
    )
    current_password = StrictCharField(write_only=True, required=False, max_length=128, trim_whitespace=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        current_password = attrs.pop("current_password", None)
        if self.instance and attrs.get("email") == self.instance.email:  # the browsable API sends all fields
            del attrs["email"]
        if {"email", "password"} & set(attrs):
            check_current_password(self.instance, current_password, "current_password")
        return super().validate(attrs)

    def update(self, instance: User, validated_data: dict[str, Any]) -> User:
        return change_account(instance, validated_data)

    def to_representation(self, instance: User) -> dict[str, Any]:
        return AccountSerializer(instance).data


@extend_schema_serializer(component_name="AccountDeletion")
class AccountDeletionSerializer(StrictSerializer):
    """Confirms the deletion of the signed-in account with its password."""

    example = {"password": PASSWORD_EXAMPLE}
    password = StrictCharField(max_length=128, trim_whitespace=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        check_current_password(self.context["request"].user, attrs["password"], "password")
        return attrs


class LoginSerializer(StrictSerializer):
    """The credentials of an account."""

    example = {"email": USER_EXAMPLE["email"], "password": PASSWORD_EXAMPLE}
    email = serializers.EmailField(max_length=254)
    password = StrictCharField(max_length=128, trim_whitespace=False)


class TokenSerializer(serializers.Serializer[Any]):
    """A new token. Only its hash is stored, so it cannot be shown again."""

    example = {"token": "6d0f0c…", "expiry": "2026-02-01T18:00:00Z", "user": USER_EXAMPLE}
    token = serializers.CharField()
    expiry = serializers.DateTimeField()
    user = UserSerializer()


class StoredTokenSerializer(serializers.ModelSerializer[Token]):
    """A token without its text. `name` is empty if it comes from signing in; `is_current` marks the caller's own."""

    example = TOKEN_EXAMPLE
    id = serializers.IntegerField(source="number", min_value=0, max_value=2**52, read_only=True)
    created_at = serializers.DateTimeField(source="created", read_only=True)
    is_current = serializers.SerializerMethodField()

    class Meta:
        model = Token
        fields = ["id", "name", "created_at", "expiry", "is_current"]
        read_only_fields = fields

    def get_is_current(self, token: Token) -> bool:
        return bool(self.context["request"].auth == token)


class NewTokenSerializer(StoredTokenSerializer):
    """A new token with its text. Only its hash is stored, so it cannot be shown again."""

    example = {**TOKEN_EXAMPLE, "token": "6d0f0c…"}
    token = serializers.CharField(read_only=True)

    class Meta(StoredTokenSerializer.Meta):
        fields = [*StoredTokenSerializer.Meta.fields, "token"]
        read_only_fields = fields


@extend_schema_serializer(component_name="TokenCreation")
class TokenCreationSerializer(StrictSerializer):
    """The name and the lifetime of a token. It needs the password, so that a stolen token cannot be prolonged."""

    example = {"name": "Backup", "days": 90, "current_password": PASSWORD_EXAMPLE}
    name = NameField()
    days = StrictIntegerField(min_value=1, max_value=MAX_DAYS)
    current_password = StrictCharField(max_length=128, trim_whitespace=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        check_current_password(self.context["request"].user, attrs.pop("current_password"), "current_password")
        return attrs


def check_password_rules(password: str, user: User) -> None:
    try:
        validate_password(password, user)
    except InvalidPassword as error:
        raise serializers.ValidationError({"password": error.messages}) from error


def check_current_password(user: Any, password: str | None, field: str) -> None:
    if password is None:
        raise serializers.ValidationError({field: "This change requires your current password."}, code="required")
    try:
        confirm_password(user, password)
    except WrongPassword as error:
        raise serializers.ValidationError({field: WRONG_PASSWORD}, code="wrong") from error
