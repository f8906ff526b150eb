"""Forms that check a password, for the pages and the admin, with the rate limits of the API."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.contrib.admin.forms import AdminAuthenticationForm, AdminPasswordChangeForm
from django.contrib.auth.forms import AuthenticationForm
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from rest_framework.exceptions import Throttled
from rest_framework.request import Request

from users.accounts.throttles import LoginsPerAccountThrottle, LoginsPerAddressThrottle


@contextmanager
def shown_as_error() -> Iterator[None]:
    """Shows an exceeded rate as an error of the form."""
    try:
        yield
    except Throttled as error:
        seconds = getattr(error, "wait", None) or 1  # the type stubs lack the attribute
        raise ValidationError(f"Too many attempts. Try again in {seconds} seconds.", code="throttled") from error


def limit_attempts(request: HttpRequest, email: str | None) -> None:
    """Counts an attempt of the client, and one at the account or address. Raises ValidationError."""
    with shown_as_error():
        per_address = LoginsPerAddressThrottle()
        per_address.check(per_address.get_identity(Request(request)))
        if email:
            LoginsPerAccountThrottle().check_email(email)


class SignInForm(AuthenticationForm):
    error_messages = {
        **AuthenticationForm.error_messages,
        "invalid_login": "Enter a correct e-mail address and password. Only the password is case-sensitive.",
    }

    def clean(self) -> dict[str, Any]:
        assert self.request is not None
        limit_attempts(self.request, self.cleaned_data.get("username"))
        return super().clean()


class AdminSignInForm(SignInForm, AdminAuthenticationForm):
    """The sign-in form of the admin, which accepts staff only."""

    error_messages = {
        **SignInForm.error_messages,
        "invalid_login": "Enter the correct e-mail address and password of a staff account. "
        "Only the password is case-sensitive.",
    }


class OwnPasswordForm(AdminPasswordChangeForm):
    """The admin's form for one's own password. Checking the old one counts as a login attempt."""

    def clean_old_password(self) -> str:
        with shown_as_error():
            LoginsPerAccountThrottle().check_account(self.user)
        return super().clean_old_password()
