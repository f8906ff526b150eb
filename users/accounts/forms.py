"""Sign-in forms of the pages and of the admin, with the rate limits of the login route."""

from typing import Any

from django.contrib.admin.forms import AdminAuthenticationForm
from django.contrib.auth.forms import AuthenticationForm
from django.core.exceptions import ValidationError
from rest_framework.exceptions import Throttled
from rest_framework.request import Request

from users.accounts.throttles import LoginsPerAccountThrottle, LoginsPerAddressThrottle


class SignInForm(AuthenticationForm):
    def clean(self) -> dict[str, Any]:
        try:
            self._check_rates()
        except Throttled as error:
            seconds = getattr(error, "wait", None) or 1  # the type stubs lack the attribute
            raise ValidationError(f"Too many attempts. Try again in {seconds} seconds.") from error
        return super().clean()

    def _check_rates(self) -> None:
        assert self.request is not None
        per_address = LoginsPerAddressThrottle()
        per_address.check(per_address.get_identity(Request(self.request)))
        if email := self.cleaned_data.get("username"):
            LoginsPerAccountThrottle().check_email(email)


class AdminSignInForm(SignInForm, AdminAuthenticationForm):
    """The sign-in form of the admin, which accepts staff only."""
