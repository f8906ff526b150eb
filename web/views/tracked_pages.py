"""`/tracked`: a reader tracks product pages by their addresses."""

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.decorators import method_decorator
from django.views.generic import FormView, View

from scraping.models import Shop, TrackedPage
from scraping.shops.identity import MAX_ADDRESS
from scraping.shops.rejections import Cause, Rejected
from scraping.shops.tracking import list_tracked, stop_tracking, track
from users.models import User
from web.page import PageMixin

EXAMPLE = "https://shop.example/book/1"
MAX_SHOPS = 50  # names of shops on the page


class TrackForm(forms.Form):
    url = forms.CharField(
        max_length=MAX_ADDRESS,
        label="Address of a product page",
        help_text="Copy it from your browser while the page of the book is open.",
        widget=forms.TextInput(
            {"inputmode": "url", "autocomplete": "off", "spellcheck": "false", "placeholder": EXAMPLE}
        ),
    )


@method_decorator(login_required, name="get")
@method_decorator(login_required, name="post")
class TrackedPagesView(PageMixin, FormView[TrackForm]):
    section = "tracked"
    template_name = "web/tracked.html"
    form_class = TrackForm

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "label_suffix": ""}

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        shops = Shop.objects.filter(state__in=[Shop.State.NEW, Shop.State.CONFIRMED]).select_related("source")
        context |= {"tracked": list(list_tracked(get_reader(self.request).pk)), "shops": shops[:MAX_SHOPS]}
        return super().get_context_data(**context)

    def form_valid(self, form: TrackForm) -> HttpResponse:
        try:
            tracked, is_new = track(user_id=get_reader(self.request).pk, url=form.cleaned_data["url"])
        except Rejected as rejected:
            form.add_error("url", rejected.reason)
            self.extra_context = {"may_allow": self._may_allow(rejected)}
            return self.form_invalid(form)
        messages.success(self.request, describe(tracked, is_new=is_new))
        return redirect("web:tracked")

    def form_invalid(self, form: TrackForm) -> HttpResponse:
        return self.render_to_response(self.get_context_data(form=form), status=422)

    def _may_allow(self, rejected: Rejected) -> bool:
        """Whether the reader may add the shop, so that the page links to its form."""
        return rejected.cause == Cause.HOST_NOT_ALLOWED and self.request.user.has_perm("scraping.add_shop")


class StopTrackingView(PageMixin, View):
    @method_decorator(login_required)
    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        stop_tracking(get_object_or_404(TrackedPage, pk=pk, user=get_reader(request).pk))
        messages.success(request, "The page is no longer tracked. Its book and its prices stay in the catalogue.")
        return redirect("web:tracked")


def get_reader(request: HttpRequest) -> User:
    assert isinstance(request.user, User)  # the views require a session
    return request.user


def describe(tracked: TrackedPage, *, is_new: bool) -> str:
    page = tracked.page
    if not is_new:
        return "You track this page already."
    if page.state == page.State.UNCONFIRMED:
        return "The page is tracked. Its price appears as soon as staff have confirmed the first prices of this shop."
    if page.book is None:
        return "The page is tracked. The shop is busy, so a worker reads it within minutes."
    return f"“{page.book.title}” is tracked."
