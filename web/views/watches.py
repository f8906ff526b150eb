"""The reader's price watches: the list, the form on the page of a book, and the changes of a watch."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.generic import ListView, View
from rest_framework.exceptions import ValidationError

from books.models import Book
from core.exceptions import Conflict
from users.library.visibility import visible_books
from users.models import PriceWatch, User
from users.notifications.channels import has_channel
from users.watches.defaults import find_default, set_default
from users.watches.overview import load_overviews
from users.watches.watching import WatchTerms, change_watch, create_watch, delete_watch, get_watch, restore_watch
from web.cards import ROW_WIDTH, load_cards
from web.page import PageMixin
from web.templatetags.watches import state_text
from web.templatetags.web import book_url
from web.watch_forms import WatchForm
from web.watch_panel import load_preview

WATCHES_ON_A_PAGE = 24
UNDO = "watch-undo"  # the key of the session


class ReaderMixin(PageMixin):
    """Sends readers without a session to the sign-in page, and then to the page with the form."""

    section = "library"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        has_handler = hasattr(self, str(request.method).lower())  # other methods are 405 for everyone
        if has_handler and not request.user.is_authenticated:
            return redirect_to_login(self.get_return_path(**kwargs))
        return super().dispatch(request, *args, **kwargs)

    def get_return_path(self, **kwargs: Any) -> str:
        return reverse("web:watches")

    @property
    def reader(self) -> User:
        assert isinstance(self.request.user, User)
        return self.request.user


class WatchesView(ReaderMixin, ListView[PriceWatch]):
    template_name = "web/watches.html"
    paginate_by = WATCHES_ON_A_PAGE

    def get_queryset(self) -> QuerySet[PriceWatch]:
        """Those that have fired first, paused ones last."""
        watches: QuerySet[PriceWatch] = PriceWatch.objects.owned_by(self.reader).order_by("is_paused", "-state", "-pk")
        return watches

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        context = super().get_context_data(**context)
        overviews = load_overviews(context["object_list"])
        cards = {card["id"]: card for card in load_cards([each.watch.book_id for each in overviews], width=ROW_WIDTH)}
        items = [{"overview": each, "book": cards[each.watch.book_id]} for each in overviews]
        context |= {"has_channel": has_channel(self.reader), "can_undo": UNDO in self.request.session}
        return {**context, "items": items}


class NewWatchView(ReaderMixin, View):
    """The form on the page of a book. Errors are shown on a page with the form alone."""

    def get_return_path(self, **kwargs: Any) -> str:
        return reverse("web:book", args=[kwargs["pk"]])

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        book = get_object_or_404(visible_books(request.user), pk=pk)
        form = WatchForm.for_new(load_preview(book), find_default(self.reader), request.POST)
        if not form.is_valid():
            return show_form(request, form, book)
        try:
            self.create(book, form.terms())
        except (ValidationError, Conflict) as error:
            return show_form(request, form, book, error)
        if form.cleaned_data["is_default"]:
            terms = form.terms()
            set_default(user=self.reader, rule=terms.rule, percent=terms.percent, scope=terms.scope)
        return redirect(f"{book_url(book)}#watch")

    def create(self, book: Book, terms: WatchTerms) -> None:
        watch, is_new = create_watch(user=self.reader, book=book, terms=terms)
        [overview] = load_overviews([watch])
        text = "You watch this price." if is_new else "You have this watch already."
        told = " A notification is on its way." if is_new and watch.fired_at else ""
        messages.success(self.request, f"{text} {state_text(overview)}.{told}")


class WatchView(ReaderMixin, View):
    """The form of one watch."""

    def get_return_path(self, **kwargs: Any) -> str:
        return reverse("web:watch", args=[kwargs["pk"]])

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        watch = get_watch(self.reader, pk)
        return show_form(request, WatchForm.of(watch), watch.book, watch=watch)

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        watch = get_watch(self.reader, pk)
        form = WatchForm.of(watch, request.POST)
        if not form.is_valid():
            return show_form(request, form, watch.book, watch=watch)
        terms = form.terms()
        changes = {name: getattr(terms, name) for name in ("rule", "scope", "amount", "percent")}
        if terms.amount is not None:
            changes["currency"] = terms.currency
        try:
            changed = change_watch(user=self.reader, pk=pk, changes=changes)
        except (ValidationError, Conflict) as error:
            return show_form(request, form, watch.book, error, watch=watch)
        [overview] = load_overviews([changed])
        messages.success(request, f"The watch is saved. {state_text(overview)}.")
        return redirect("web:watches")


class WatchPauseView(ReaderMixin, View):
    """Pauses the watch, or resumes it with `paused=false`."""

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        is_paused = request.POST.get("paused") != "false"
        watch = change_watch(user=self.reader, pk=pk, changes={"is_paused": is_paused})
        state = "paused" if watch.is_paused else "active again"
        messages.success(request, f"The watch on “{watch.book.title}” is {state}.")
        return redirect("web:watches")


class WatchRemovalView(ReaderMixin, View):
    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        title = get_watch(self.reader, pk).book.title
        request.session[UNDO] = delete_watch(user=self.reader, pk=pk)
        messages.success(request, f"The watch on “{title}” is deleted.")
        return redirect("web:watches")


class WatchUndoView(ReaderMixin, View):
    """Restores the watch that was deleted last in this session."""

    def post(self, request: HttpRequest) -> HttpResponse:
        snapshot = request.session.pop(UNDO, None)
        watch = restore_watch(user=self.reader, snapshot=snapshot) if snapshot else None
        if watch:
            messages.success(request, f"The watch on “{watch.book.title}” is back.")
        else:
            messages.error(
                request, "There is no watch to restore." if snapshot is None else "The watch was not restored."
            )
        return redirect("web:watches")


def show_form(
    request: HttpRequest,
    form: WatchForm,
    book: Book,
    error: ValidationError | Conflict | None = None,
    *,
    watch: PriceWatch | None = None,
) -> HttpResponse:
    if isinstance(error, ValidationError) and isinstance(error.detail, dict):
        form.add_api_errors(error.detail)
    elif error:
        form.add_error(None, str(error.detail))
    context = {
        "section": "library",
        "book": book,
        "watch": watch,
        "watch_form": form,
        "has_works": bool(book.work_key or book.isbn_13),
    }
    return render(request, "web/watch_page.html", context, status=422 if form.errors else 200)
