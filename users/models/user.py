"""Users."""

from typing import Any, ClassVar, Self

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.hashers import check_password, make_password
from django.contrib.auth.models import AnonymousUser, PermissionsMixin
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator
from django.db import models, transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.crypto import salted_hmac

from users.emails import EmailKeyField, make_email_key, validate_new_email
from users.models.session import Session
from users.models.token import Token
from users.names import validate_name
from users.time_zones import validate_time_zone

MAX_AGE = 150
STAFF_HELP = (
    "May sign in to the admin. What the account may view and change there and in the API depends on its permissions: "
    "the group Curators has those for the catalogue, its prices and crawls."
)
EMAIL_IN_USE = "There is an account with this e-mail address already."


class UserQuerySet(models.QuerySet["User"]):
    def visible_to(self, viewer: "User | AnonymousUser") -> Self:
        """All users for staff with `view_user`.

        For others the active users if the directory is open, else only their own account.
        """
        if viewer.is_staff and viewer.has_perm("users.view_user"):
            return self
        return self.filter(is_active=True) if settings.USER_DIRECTORY_OPEN else self.filter(pk=viewer.pk)


class UserManager(BaseUserManager["User"]):
    """Creates accounts, and finds them by e-mail address regardless of case."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """Without a password the account cannot sign in until one is set."""
        user = self.model(email=email.strip(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "User":
        return self.create_user(email, password, **{**fields, "is_staff": True, "is_superuser": True})

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email_key=make_email_key(username or ""))


class User(AbstractBaseUser, PermissionsMixin):  # type: ignore[django-manager-missing]  # knox is untyped
    """The e-mail address is the login. The age is null only if staff created the account without one."""

    email = models.EmailField(
        "e-mail address",
        max_length=254,
        unique=True,
        validators=[validate_new_email],
        error_messages={"unique": EMAIL_IN_USE},
    )
    email_key = EmailKeyField()
    name = models.CharField(max_length=100, validators=[validate_name])
    age = models.PositiveSmallIntegerField(null=True, blank=True, validators=[MaxValueValidator(MAX_AGE)])
    is_staff = models.BooleanField("staff", default=False, help_text=STAFF_HELP)
    is_active = models.BooleanField("active", default=True, help_text="Deactivate an account instead of deleting it.")
    time_zone = models.CharField(
        max_length=64, default="UTC", validators=[validate_time_zone], help_text="In which the pages show times."
    )
    date_joined = models.DateTimeField(default=timezone.now, editable=False)
    session_epoch = models.PositiveIntegerField(
        default=0, editable=False, help_text="Part of the hash in every session; a change ends them all."
    )

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["name"]

    objects: ClassVar[UserManager] = UserManager.from_queryset(UserQuerySet)()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["email_key"], name="user_email_key_unique", violation_error_message=EMAIL_IN_USE
            ),
            models.CheckConstraint(
                condition=Q(age__range=(0, MAX_AGE)),
                name="user_age_0_to_150",
                violation_error_message=f"An age is a whole number from 0 to {MAX_AGE}.",
            ),
        ]

    def __str__(self) -> str:
        return self.email

    def clean(self) -> None:
        """Reports an address in use to the field that a form shows, because no form contains its key."""
        super().clean()
        if User.objects.exclude(pk=self.pk).filter(email_key=make_email_key(self.email)).exists():
            raise ValidationError({"email": ValidationError(EMAIL_IN_USE, code="unique")})

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Ends all tokens and sessions if the password has changed, in the API, the admin and the shell alike."""
        fields = kwargs.get("update_fields")
        if fields and "email" in fields:
            kwargs["update_fields"] = {*fields, "email_key"}
        with transaction.atomic():
            has_new_password = (fields is None or "password" in fields) and self._has_new_password()
            super().save(*args, **kwargs)
            if has_new_password:
                self._delete_credentials()

    def _has_new_password(self) -> bool:
        # Compares with the stored hash, because a password can change without set_password().
        return not (self._state.adding or User.objects.filter(pk=self.pk, password=self.password).exists())

    def check_password(self, raw_password: str) -> bool:
        """Stores the upgraded hash of a password without save(), because it is no change that ends tokens."""

        def store_upgraded_hash(raw_password: str) -> None:
            self.password = make_password(raw_password)
            User.objects.filter(pk=self.pk).update(password=self.password)

        return check_password(raw_password, self.password, store_upgraded_hash)

    def sign_out_everywhere(self) -> None:
        """Ends all tokens and all sessions of the user."""
        with transaction.atomic():
            User.objects.filter(pk=self.pk).update(session_epoch=F("session_epoch") + 1)
            self._delete_credentials()

    def _delete_credentials(self) -> None:
        Token.objects.filter(user=self).delete()
        Session.objects.filter(user=self).delete()

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        """Django's hook: a session is valid as long as its hash is equal to this one."""
        value = f"{self.session_epoch}:{self.password}"
        return salted_hmac("users.User.session", value, secret=secret, algorithm="sha256").hexdigest()

    def get_full_name(self) -> str:
        return self.name

    def get_short_name(self) -> str:
        return self.name
