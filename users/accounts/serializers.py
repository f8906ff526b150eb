"""What the users service sends and takes."""

import re
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError as PasswordRefused
from django.db import transaction
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers
from rest_framework.exceptions import AuthenticationFailed

from core.api.serializers import StrictSerializer, Text
from users.accounts.throttles import refuse_guessing
from users.models import MAX_AGE, User

CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
DIGITS = re.compile(r"\s*[+-]?[0-9]{1,20}\s*")


AGE = {
    "oneOf": [
        {"type": "integer", "minimum": 0, "maximum": MAX_AGE},
        {"type": "string", "pattern": r"^([0-9]{1,2}|1[0-4][0-9]|150)$"},
    ]
}
NAME = {
    "type": "string",
    "minLength": 1,
    "maxLength": 100,
    "pattern": r"^[^\u0000-\u001f\u007f-\u009f]*[^\s\u0000-\u001f\u007f-\u009f][^\u0000-\u001f\u007f-\u009f]*$",
}


@extend_schema_field(AGE)
class AgeField(serializers.IntegerField):
    """A whole number of years. The earlier service took the string "28" too, but never 3.7, true or "2_8"."""

    def __init__(self, **options: Any) -> None:
        super().__init__(min_value=0, max_value=MAX_AGE, **options)

    def to_internal_value(self, data: Any) -> int:
        if isinstance(data, float) and data.is_integer():
            return super().to_internal_value(int(data))
        if not (type(data) is int or (isinstance(data, str) and DIGITS.fullmatch(data))):
            self.fail("invalid")
        return super().to_internal_value(data)


@extend_schema_field(NAME)
class NameField(Text):
    def __init__(self, **options: Any) -> None:
        super().__init__(max_length=100, **options)

    def to_internal_value(self, data: Any) -> str:
        name = super().to_internal_value(data)
        if CONTROL.search(name):
            raise serializers.ValidationError("A name holds no control characters.")
        return name


class UserSerializer(serializers.ModelSerializer[User]):
    """A person as everyone who may see them sees them; the age is null only where staff made the account."""

    class Meta:
        model = User
        fields = ["id", "name", "email", "age"]
        read_only_fields = fields

    def to_representation(self, instance: User) -> dict[str, Any]:
        return record(instance)


def record(user: User) -> dict[str, Any]:
    """What UserSerializer declares, by hand: it would make its four fields anew for each request."""
    return {"id": user.pk, "name": user.name, "email": user.email, "age": user.age}


class RegistrationSerializer(StrictSerializer):
    """What a new person sends. Without a password the account cannot sign in until one is set."""

    name = NameField()
    email = serializers.EmailField(max_length=254)
    age = AgeField()
    password = Text(write_only=True, required=False, max_length=128, trim_whitespace=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if "password" in attrs:
            known = {name: attrs.get(name, getattr(self.instance, name, "")) for name in ("name", "email")}
            check_password_rules(attrs["password"], User(**known))
        return attrs

    def create(self, validated_data: dict[str, Any]) -> User:
        return User.objects.register(**validated_data)

    def to_representation(self, instance: User) -> dict[str, Any]:
        return record(instance)


class MyselfSerializer(RegistrationSerializer):
    """A person's own record: the e-mail address and the password change only where the current password is given."""

    current_password = Text(write_only=True, required=False, max_length=128, trim_whitespace=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        current = attrs.pop("current_password", None)
        if {"email", "password"} & set(attrs):
            check_own_password(self.instance, current, "current_password")
        return super().validate(attrs)

    def update(self, instance: User, validated_data: dict[str, Any]) -> User:
        password = validated_data.pop("password", None)
        with transaction.atomic():
            user = still_there(instance)
            for name, value in validated_data.items():
                setattr(user, name, value)
            if password is not None:
                user.set_password(password)
            # Only what was sent: another request, or staff, may have changed the rest meanwhile.
            user.save(update_fields=[*validated_data, *(["password"] if password is not None else [])])
        return user


class LeavingSerializer(StrictSerializer):
    """What deletes an account: its password, asked again."""

    password = Text(max_length=128, trim_whitespace=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        check_own_password(self.context["request"].user, attrs["password"], "password")
        return attrs


class LoginSerializer(StrictSerializer):
    email = serializers.EmailField(max_length=254)
    password = Text(max_length=128, trim_whitespace=False)


class TokenSerializer(serializers.Serializer[Any]):
    """The token is shown this once; only its hash is kept."""

    token = serializers.CharField()
    expiry = serializers.DateTimeField()
    user = UserSerializer()


def still_there(user: User) -> User:
    """The account, locked; raises AuthenticationFailed where it was closed or its password changed meanwhile."""
    found = User.objects.select_for_update().filter(pk=user.pk, is_active=True, password=user.password).first()
    if found is None:
        raise AuthenticationFailed("Your account has changed meanwhile. Sign in again.")
    return found


def check_password_rules(password: str, user: User) -> None:
    try:
        validate_password(password, user)
    except PasswordRefused as error:
        raise serializers.ValidationError({"password": error.messages}) from error


def check_own_password(user: Any, password: str | None, field: str) -> None:
    if password is None:
        raise serializers.ValidationError({field: "Needed for this change."}, code="required")
    refuse_guessing(user)
    if not user.check_password(password):
        raise serializers.ValidationError({field: "This is not your password."}, code="wrong")
