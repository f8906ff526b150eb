"""People."""

import secrets
from typing import Any, ClassVar, Self

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX, make_password
from django.contrib.auth.models import AnonymousUser, PermissionsMixin
from django.core.validators import MaxValueValidator
from django.db import IntegrityError, connection, models, transaction
from django.db.models import Q, Value
from django.db.models.functions import Lower
from django.db.models.lookups import Exact
from django.utils import timezone
from knox.models import AbstractAuthToken

from users.models.library import LibraryEntry, Reading

__all__ = ["LibraryEntry", "Reading", "Token", "User"]

MAX_AGE = 150
REGISTER = """
    INSERT INTO users_user (name, email, age, password, is_superuser, is_staff, is_active, date_joined)
    VALUES (%s, %s, %s, %s, FALSE, FALSE, TRUE, CURRENT_TIMESTAMP)
    ON CONFLICT DO NOTHING
    RETURNING id
"""


def stored(password: str | None) -> str:
    """The column's value; without a password what set_unusable_password stores, made in one draw in place of forty."""
    return f"{UNUSABLE_PASSWORD_PREFIX}{secrets.token_urlsafe(30)}" if password is None else make_password(password)


class UserQuerySet(models.QuerySet["User"]):
    def visible_to(self, viewer: "User | AnonymousUser") -> Self:
        """Everyone active while the directory is open, else oneself; everyone for staff."""
        if viewer.is_staff:
            return self
        return self.filter(is_active=True) if settings.USER_DIRECTORY_OPEN else self.filter(pk=viewer.pk)


class UserManager(BaseUserManager["User"]):
    """Makes accounts; an e-mail address signs in whatever its case."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        """An account; without a password it cannot sign in until one is set."""
        user = self.model(email=email.strip(), password=stored(password), **fields)
        user.save(using=self._db)
        return user

    def register(self, *, name: str, email: str, age: int, password: str | None = None) -> "User":
        """A new account, by one statement; raises IntegrityError where the e-mail address is taken.

        It is the database that decides: asked beforehand, two at once would both be told that the address is free.
        """
        with connection.cursor() as cursor:
            cursor.execute(REGISTER, [name, email, age, stored(password)])
            rows = cursor.fetchall()
        if not rows:
            raise IntegrityError("The e-mail address is taken.")
        return self.model(pk=rows[0][0], name=name, email=email, age=age)

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "User":
        return self.create_user(email, password, **{**fields, "is_staff": True, "is_superuser": True})

    def get_by_natural_key(self, username: str | None) -> "User":
        # Written as the unique constraint writes it, so that its index finds the account.
        return self.get(Exact(Lower("email"), Lower(Value(username or ""))))


class User(AbstractBaseUser, PermissionsMixin):  # type: ignore[django-manager-missing]  # knox is untyped
    """A person with an account. The e-mail address is the login; the age is null only where staff made the account."""

    email = models.EmailField(
        "e-mail address",
        max_length=254,
        unique=True,
        error_messages={"unique": "There is an account with this e-mail address already."},
    )
    name = models.CharField(max_length=100)
    age = models.PositiveSmallIntegerField(null=True, blank=True, validators=[MaxValueValidator(MAX_AGE)])
    is_staff = models.BooleanField("staff", default=False, help_text="May use the admin and change the catalogue.")
    is_active = models.BooleanField("active", default=True, help_text="Take this off instead of deleting an account.")
    date_joined = models.DateTimeField(default=timezone.now, editable=False)

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["name"]

    objects: ClassVar[UserManager] = UserManager.from_queryset(UserQuerySet)()

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                Lower("email"),
                name="user_email_unique_in_any_case",
                violation_error_message="There is an account with this e-mail address already.",
            ),
            models.CheckConstraint(
                condition=Q(age__range=(0, MAX_AGE)),
                name="user_age_0_to_150",
                violation_error_message=f"An age is a whole number from 0 to {MAX_AGE}.",
            ),
        ]

    def __str__(self) -> str:
        return self.email

    def save(self, *args: Any, **kwargs: Any) -> None:
        """Saves; a changed password ends every token, whoever changed it and wherever."""
        password_changed = getattr(self, "_password", None) is not None and self.pk is not None
        with transaction.atomic():
            super().save(*args, **kwargs)
            if password_changed:
                Token.objects.filter(user=self).delete()

    def get_full_name(self) -> str:
        return self.name

    def get_short_name(self) -> str:
        return self.name


class Token(AbstractAuthToken):
    """A sign-in of a program or a device. Only the hash is stored; it expires, and a person can have several."""

    class Meta:
        ordering = ["-created"]

    def __str__(self) -> str:
        return f"token of {self.user}, {self.created:%Y-%m-%d}"
