"""The pages of the account about who has access: API tokens and open sessions."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.decorators import method_decorator
from django.views.generic import TemplateView, View

from users.accounts.tokens import create_token, revoke_token
from users.models import Session, Token
from users.sessions.browsers import describe_browser
from users.sessions.endings import end_other_sessions, end_session, is_current
from web.account_forms import TokenForm
from web.page import PageMixin
from web.views.account_settings import AccountFormView, get_reader


class TokensView(AccountFormView):
    """The tokens, and a form for a new one. The response to the form is the only page that shows the new token."""

    template_name = "web/account_tokens.html"
    form_class = TokenForm
    part, heading, button = "tokens", "API tokens", "Create token"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        tokens = Token.objects.unexpired_of(get_reader(self)).order_by("-created", "-pk")
        return super().get_context_data(tokens=list(tokens), **context)

    def form_valid(self, form: TokenForm) -> HttpResponse:
        token, _ = create_token(get_reader(self), name=form.cleaned_data["name"], days=form.cleaned_data["days"])
        empty_form = TokenForm(get_reader(self), label_suffix="")
        response = self.render_to_response(self.get_context_data(form=empty_form, new_token=token))
        response.headers["Cache-Control"] = "no-store"
        return response


@method_decorator(login_required, name="post")
class TokenRevocationView(PageMixin, View):
    def post(self, request: HttpRequest, number: int) -> HttpResponse:
        revoke_token(get_reader(self), number)
        messages.success(request, "The token was revoked.")
        return redirect("web:account-tokens")


@method_decorator(login_required, name="get")
class SessionsView(PageMixin, TemplateView):
    section = "account"
    template_name = "web/account_sessions.html"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        sessions = [
            {
                "row": session,
                "browser": describe_browser(session.user_agent),
                "is_current": is_current(self.request, session),
            }
            for session in Session.objects.open_of(get_reader(self))
        ]
        return super().get_context_data(part="sessions", heading="Sessions", sessions=sessions, **context)


@method_decorator(login_required, name="post")
class SessionEndView(PageMixin, View):
    def post(self, request: HttpRequest, number: int) -> HttpResponse:
        end_session(get_reader(self), number)
        messages.success(request, "The session was ended.")
        return redirect("web:account-sessions")


@method_decorator(login_required, name="post")
class OtherSessionsEndView(PageMixin, View):
    def post(self, request: HttpRequest) -> HttpResponse:
        end_other_sessions(request, get_reader(self))
        messages.success(request, "All other sessions were ended.")
        return redirect("web:account-sessions")
