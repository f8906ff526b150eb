"""Users and their tokens."""

from typing import Any, ClassVar, Self

from django.conf import settings
from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import AnonymousUser, PermissionsMixin
from django.core.validators import MaxValueValidator
from django.db import models, transaction
from django.db.models import Q, Value
from django.db.models.functions import Lower
from django.db.models.lookups import Exact
from django.utils import timezone
from knox.models import AbstractAuthToken

MAX_AGE = 150
STAFF_HELP = (
    "May sign in to the admin. What the account may view and change there and in the API depends on its permissions: "
    "the group Curators has those for the catalogue, its prices and crawls."
)


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
        # The same expression as in the unique constraint, so that its index is used.
        return self.get(Exact(Lower("email"), Lower(Value(username or ""))))


class User(AbstractBaseUser, PermissionsMixin):  # type: ignore[django-manager-missing]  # knox is untyped
    """The e-mail address is the login. The age is null only if staff created the account without one."""

    email = models.EmailField(
        "e-mail address",
        max_length=254,
        unique=True,
        error_messages={"unique": "There is an account with this e-mail address already."},
    )
    name = models.CharField(max_length=100)
    age = models.PositiveSmallIntegerField(null=True, blank=True, validators=[MaxValueValidator(MAX_AGE)])
    is_staff = models.BooleanField("staff", default=False, help_text=STAFF_HELP)
    is_active = models.BooleanField("active", default=True, help_text="Deactivate an account instead of deleting it.")
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
        """A new password ends all tokens of the user, in the API, the admin and the shell alike."""
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
    """Signs in one program or device. Only its hash is stored; it expires, and a user can have several."""

    class Meta:
        ordering = ["-created"]

    def __str__(self) -> str:
        return f"token of {self.user}, {self.created:%Y-%m-%d}"
