"""The pages under /account that change the account itself."""

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth import logout, update_session_auth_hash
from django.contrib.auth.decorators import login_required
from django.http import FileResponse, HttpRequest, HttpResponse
from django.urls import reverse_lazy
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.views.generic import FormView, View

from users.accounts.changes import delete_account
from users.library.export_archive import write_archive
from users.models import User
from web.account_forms import CurrentPasswordForm, EmailForm, PasswordForm, ProfileForm
from web.page import PageMixin


def get_reader(view: Any) -> User:
    """The signed-in reader. For views that require one."""
    assert isinstance(view.request.user, User)
    return view.request.user


@method_decorator(login_required, name="get")
@method_decorator(login_required, name="post")
class AccountFormView(PageMixin, FormView[Any]):
    """A page of the account with one form."""

    section = "account"
    template_name = "web/account_form.html"
    part, heading, button, text = "", "", "Save", ""

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "user": get_reader(self), "label_suffix": ""}

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        description = {"part": self.part, "heading": self.heading, "button": self.button, "text": self.text}
        return super().get_context_data(**{**description, **context})

    def form_invalid(self, form: forms.BaseForm) -> HttpResponse:
        return self.render_to_response(self.get_context_data(form=form), status=422)


class AccountView(AccountFormView):
    template_name = "web/account.html"
    form_class = ProfileForm
    success_url = reverse_lazy("web:account")
    part, heading = "profile", "Profile"

    def form_valid(self, form: ProfileForm) -> HttpResponse:
        form.apply()
        messages.success(self.request, "Your profile was saved.")
        return super().form_valid(form)


@method_decorator(login_required, name="get")
class ArchiveView(View):
    """Everything that is stored about the reader, as one file."""

    def get(self, request: HttpRequest) -> FileResponse:
        file = write_archive(get_reader(self))
        return FileResponse(file, as_attachment=True, filename=f"colophon-{timezone.localdate()}.zip")


class EmailView(AccountFormView):
    form_class = EmailForm
    success_url = reverse_lazy("web:account-email")
    part, heading = "email", "E-mail address"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        text = f"You sign in with {get_reader(self).email}. Mails for a forgotten password go to this address."
        return super().get_context_data(text=text, **context)

    def form_valid(self, form: EmailForm) -> HttpResponse:
        if not form.apply():
            return self.form_invalid(form)
        messages.success(self.request, "Your e-mail address was changed.")
        return super().form_valid(form)


class PasswordView(AccountFormView):
    """Ends all tokens and all sessions but this one."""

    form_class = PasswordForm
    success_url = reverse_lazy("web:account-password")
    part, heading, button = "password", "Password", "Change password"
    text = "A new password ends all your other sessions and all your API tokens."

    def form_valid(self, form: PasswordForm) -> HttpResponse:
        user = form.apply()
        self.request.user = user
        update_session_auth_hash(self.request, user)
        messages.success(
            self.request, "Your password was changed. All your other sessions and all your API tokens have ended."
        )
        return super().form_valid(form)


class DeletionView(AccountFormView):
    form_class = CurrentPasswordForm
    success_url = reverse_lazy("alive")
    part, heading, button = "delete", "Delete account", "Delete my account"
    text = (
        "This deletes your account, your library with its ratings, notes and readings, your API tokens and your "
        "sessions, at once and for good. Books that you added to the catalogue stay in it, without your name."
    )

    def form_valid(self, form: CurrentPasswordForm) -> HttpResponse:
        user = get_reader(self)
        logout(self.request)
        delete_account(user)
        messages.success(self.request, "Your account was deleted.")
        return super().form_valid(form)
