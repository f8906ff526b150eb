"""Signing in through a page, of the browsable API or of the admin: throttled as the API's own sign-in is."""

from math import ceil
from types import SimpleNamespace
from typing import Any

from django.contrib.admin.forms import AdminAuthenticationForm
from django.contrib.auth.forms import AuthenticationForm
from django.core.exceptions import ValidationError
from rest_framework.views import APIView

from users.accounts.throttles import LoginsFromAddress, LoginsToAccount


class SignInForm(AuthenticationForm):
    def clean(self) -> dict[str, Any]:
        assert self.request is not None
        asked = self.request
        given = {"email": asked.POST.get("username")}
        attempt: Any = SimpleNamespace(META=asked.META, headers=asked.headers, data=given)  # what throttles look at
        for throttle in (LoginsFromAddress(), LoginsToAccount()):
            if not throttle.allow_request(attempt, APIView()):
                raise ValidationError(f"Too many attempts. Try again in {ceil(throttle.wait() or 1)} seconds.")
        return super().clean()


class AdminSignInForm(SignInForm, AdminAuthenticationForm):
    """The same for the admin, which lets staff in only."""
