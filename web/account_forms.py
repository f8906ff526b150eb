"""Forms of the account. The rules are those of users.accounts, as in the API."""

from copy import copy
from typing import Any

from django import forms
from django.contrib.auth.password_validation import password_validators_help_text_html, validate_password
from django.core.exceptions import ValidationError
from django.http import HttpRequest

from core.exceptions import Conflict
from users.accounts.changes import WrongPassword, change_account, confirm_password
from users.accounts.forms import limit_attempts, shown_as_error
from users.accounts.serializers import WRONG_PASSWORD
from users.emails import validate_new_email
from users.models import User
from users.names import validate_name
from users.time_zones import list_time_zones

LIFETIMES = [(7, "7 days"), (30, "30 days"), (90, "90 days"), (365, "a year")]


class ProfileForm(forms.ModelForm[User]):
    """What can be changed without the password."""

    time_zone = forms.ChoiceField(help_text="Of quiet hours and digests, and of the times in pages and mails.")

    class Meta:
        model = User
        fields = ["name", "age", "time_zone"]
        widgets = {"name": forms.TextInput(attrs={"autocomplete": "name"})}
        help_texts = {"age": "Optional."}

    def __init__(self, user: User, *args: Any, **options: Any) -> None:
        # A copy, because the form writes invalid values into its instance as well, and the page names the user.
        super().__init__(*args, **{**options, "instance": copy(user)})
        self.user = user
        names = list_time_zones()
        other_names = [] if user.time_zone in names else [user.time_zone]
        self.fields["time_zone"].choices = [(name, name.replace("_", " ")) for name in names + other_names]  # type: ignore[attr-defined]

    def apply(self) -> None:
        change_account(self.user, self.cleaned_data)


class CurrentPasswordForm(forms.Form):
    """A form that only the owner of the account can send. Each check counts as a sign-in attempt."""

    current_password = forms.CharField(
        max_length=128, strip=False, widget=forms.PasswordInput(attrs={"autocomplete": "current-password"})
    )

    def __init__(self, user: User, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.user = user

    def clean_current_password(self) -> str:
        password: str = self.cleaned_data["current_password"]
        try:
            with shown_as_error():
                confirm_password(self.user, password)
        except WrongPassword:
            raise ValidationError(WRONG_PASSWORD, code="wrong") from None
        return password


class EmailForm(CurrentPasswordForm):
    email = forms.EmailField(
        label="New e-mail address",
        max_length=254,
        validators=[validate_new_email],
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    field_order = ["email", "current_password"]

    def apply(self) -> bool:
        """Returns False, with an error in the form, if the address belongs to another account."""
        try:
            change_account(self.user, {"email": self.cleaned_data["email"].strip()})
        except Conflict as error:
            self.add_error("email", str(error.detail))
        return not self.errors


class PasswordForm(CurrentPasswordForm):
    new_password = forms.CharField(
        max_length=128,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=password_validators_help_text_html(),
    )

    def clean_new_password(self) -> str:
        password: str = self.cleaned_data["new_password"]
        validate_password(password, self.user)
        return password

    def apply(self) -> User:
        """Ends all tokens and sessions. Returns the account with its new password."""
        return change_account(self.user, {"password": self.cleaned_data["new_password"]})


class TokenForm(CurrentPasswordForm):
    name = forms.CharField(
        max_length=100,
        validators=[validate_name],
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text="What uses it, such as “Backup”.",
    )
    days = forms.TypedChoiceField(label="Valid for", choices=LIFETIMES, coerce=int, initial=30)
    field_order = ["name", "days", "current_password"]


class ForgottenPasswordForm(forms.Form):
    """Limited as signing in is, also for addresses without an account."""

    email = forms.EmailField(
        label="E-mail address", max_length=254, widget=forms.EmailInput(attrs={"autocomplete": "email"})
    )

    def __init__(self, request: HttpRequest, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.request = request

    def clean(self) -> dict[str, Any]:
        limit_attempts(self.request, self.cleaned_data.get("email"))
        return self.cleaned_data
