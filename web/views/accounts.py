"""Registering and signing in."""

from typing import Any

from django.contrib.auth import login, views
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.views.generic import FormView

from users.accounts.forms import SignInForm
from users.accounts.permissions import may_register
from web.forms import RegistrationForm
from web.page import PageMixin


class SignInView(PageMixin, views.LoginView):
    section = "account"
    template_name = "web/sign_in.html"
    authentication_form = SignInForm
    redirect_authenticated_user = True

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "label_suffix": ""}

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        return {"may_register": may_register(self.request.user), **super().get_context_data(**context)}


class RegisterView(PageMixin, views.RedirectURLMixin, FormView[RegistrationForm]):
    section = "account"
    template_name = "web/register.html"
    form_class = RegistrationForm
    next_page = "alive"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        context = {"may_register": may_register(self.request.user), "next": self.get_redirect_url(), **context}
        return super().get_context_data(**context)

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "request": self.request, "label_suffix": ""}

    def post(self, request: HttpRequest, *args: str, **kwargs: Any) -> HttpResponse:
        if not may_register(request.user):
            raise PermissionDenied
        return super().post(request, *args, **kwargs)

    def form_valid(self, form: RegistrationForm) -> HttpResponse:
        user = form.create()
        if user is None:
            return self.form_invalid(form)
        login(self.request, user)
        return super().form_valid(form)

    def form_invalid(self, form: RegistrationForm) -> HttpResponse:
        return self.render_to_response(self.get_context_data(form=form), status=422)
