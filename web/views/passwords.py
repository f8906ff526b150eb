"""Forgotten passwords: asking for a mail, and choosing a new password with its link."""

from typing import Any

from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.views import PasswordResetConfirmView
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse, reverse_lazy
from django.views.generic import FormView, TemplateView

from users.accounts.changes import change_account
from users.accounts.password_mails import public_address, request_password_mail
from web.account_forms import ForgottenPasswordForm
from web.page import PageMixin


class ForgottenPasswordView(PageMixin, FormView[ForgottenPasswordForm]):
    """The response is the same for every address."""

    section = "account"
    template_name = "web/forgotten_password.html"
    form_class = ForgottenPasswordForm
    success_url = reverse_lazy("web:forgotten-password-sent")

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "request": self.request, "label_suffix": ""}

    def form_valid(self, form: ForgottenPasswordForm) -> HttpResponse:
        page = public_address(self.request, reverse("web:new-password", args=["_"]).removesuffix("/_"))
        request_password_mail(form.cleaned_data["email"], page=page)
        return super().form_valid(form)

    def form_invalid(self, form: ForgottenPasswordForm) -> HttpResponse:
        return self.render_to_response(self.get_context_data(form=form), status=422)


class ForgottenPasswordSentView(PageMixin, TemplateView):
    section = "account"
    template_name = "web/forgotten_password_sent.html"


class NewPasswordView(PageMixin, PasswordResetConfirmView):
    """Django's page for the link of the mail. The token is in the query, because paths are logged.

    Django moves the token into the session and redirects to the address without it.
    """

    section = "account"
    template_name = "web/new_password.html"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not hasattr(self, str(request.method).lower()):  # Django responds to every method if the link is invalid
            return self.http_method_not_allowed(request)
        token = request.GET.get("token", self.reset_url_token)
        return super().dispatch(request, *args, token=token, **kwargs)

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "label_suffix": ""}

    def form_valid(self, form: Any) -> HttpResponse:
        change_account(self.user, {"password": form.cleaned_data["new_password1"]})
        logout(self.request)
        messages.success(
            self.request, "Your password was changed, and all your sessions and API tokens have ended. Sign in now."
        )
        return redirect("rest_framework:login")

    def form_invalid(self, form: Any) -> HttpResponse:
        return self.render_to_response(self.get_context_data(form=form), status=422)
