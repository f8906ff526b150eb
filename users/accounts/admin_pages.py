"""Pages of the admin that replace Django's."""

from django.contrib.admin import site
from django.contrib.auth.views import PasswordChangeView
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse_lazy

from users.accounts.forms import OwnPasswordForm


def change_own_password(request: HttpRequest) -> HttpResponseBase:
    """Django's page with the form that limits guesses of the old password; AdminSite has no attribute for the form."""
    view = PasswordChangeView.as_view(
        form_class=OwnPasswordForm,
        success_url=reverse_lazy("admin:password_change_done"),
        extra_context=site.each_context(request),
    )
    return view(request)
