"""Serializers of accounts and of signing in."""

import re
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError as InvalidPassword
from django.db import transaction
from drf_spectacular.utils import extend_schema_field, extend_schema_serializer
from rest_framework import serializers
from rest_framework.exceptions import AuthenticationFailed

from core.api.schema_hooks import NO_NUL
from core.api.serializers import StrictCharField, StrictSerializer
from users.accounts.throttles import LoginsPerAccountThrottle
from users.emails import validate_new_email
from users.models import MAX_AGE, User
from users.names import NAME_PATTERN, validate_name

INTEGER = re.compile(r"\s*[+-]?[0-9]{1,20}\s*")

USER_EXAMPLE = {"id": 1, "name": "Ann", "email": "ann@example.org", "age": 28}
PASSWORD_EXAMPLE = "correct horse battery"  # noqa: S105  an example
AGE_SCHEMA = {
    "oneOf": [
        {"type": "integer", "minimum": 0, "maximum": MAX_AGE},
        {"type": "string", "pattern": r"^([0-9]{1,2}|1[0-4][0-9]|150)$"},
    ]
}
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

    example = {"name": "Ann Lee", "age": 29}
    current_password = StrictCharField(write_only=True, required=False, max_length=128, trim_whitespace=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        current_password = attrs.pop("current_password", None)
        if self.instance and attrs.get("email") == self.instance.email:  # the browsable API sends all fields
            del attrs["email"]
        if {"email", "password"} & set(attrs):
            check_current_password(self.instance, current_password, "current_password")
        return super().validate(attrs)

    @transaction.atomic
    def update(self, instance: User, validated_data: dict[str, Any]) -> User:
        """Writes only the fields that were sent, because other requests may have changed the others since the read."""
        user = lock_unchanged_account(instance)
        for name, value in validated_data.items():
            if name == "password":
                user.set_password(value)
            else:
                setattr(user, name, value)
        user.save(update_fields=list(validated_data))
        return user


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


def lock_unchanged_account(user: User) -> User:
    """Returns the account from the database, locked.

    Raises AuthenticationFailed if it was deleted or deactivated or got a new password since `user` was loaded.
    """
    account = User.objects.select_for_update().filter(pk=user.pk, is_active=True, password=user.password).first()
    if account is None:
        raise AuthenticationFailed("Your account has changed during this request. Sign in again.")
    return account


def check_password_rules(password: str, user: User) -> None:
    try:
        validate_password(password, user)
    except InvalidPassword as error:
        raise serializers.ValidationError({"password": error.messages}) from error


def check_current_password(user: Any, password: str | None, field: str) -> None:
    """Counts as a login attempt, so that a stolen token cannot be used to guess the password."""
    if password is None:
        raise serializers.ValidationError({field: "This change requires your current password."}, code="required")
    LoginsPerAccountThrottle().check_account(user)
    if not user.check_password(password):
        raise serializers.ValidationError({field: "This is not your current password."}, code="wrong")
