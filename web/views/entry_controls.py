"""Status, rating and removal of a library entry, on the page of its book."""

from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.text import Truncator
from django.views.generic import View

from books.models import Book
from core.api.problem_details import page_or_problem
from users.library.entries import EntryChanged, EntryRemoved, add_or_change_entry, remove_entry
from users.library.visibility import visible_books
from users.models import LibraryEntry
from web.forms import EntryForm
from web.libraries import LibraryFormMixin
from web.page import PageMixin, is_from_htmx
from web.templatetags.web import book_url
from web.views.book import describe_entry, load_related


class EntryControlView(PageMixin, LibraryFormMixin, View):
    """A form of the controls. The response is the controls for scripts, otherwise the book's page again."""

    book: Book

    def get_return_path(self) -> str:
        return reverse("web:book", args=[self.kwargs["pk"]])

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        self.book = get_object_or_404(visible_books(request.user).listed(), pk=pk)
        return self.change(request)

    def change(self, request: HttpRequest) -> HttpResponse:
        raise NotImplementedError

    def respond(self, *, focus: str = "", has_new_details: bool = False) -> HttpResponse:
        """`focus` names the group of controls that gets the focus, if the button that was pressed is no longer there.

        Notes and readings are replaced too if they are new or removed, otherwise not, because the reader may be typing.
        """
        if not is_from_htmx(self.request):
            return redirect(f"{book_url(self.book)}{self.library.page_query}")
        context = {"focus": focus, "is_swapped": has_new_details}
        if has_new_details:
            context["related"] = load_related(self.book)
        return self.show_controls("web/entry.html", context)

    def show_controls(self, template: str, context: dict[str, Any], *, status: int = 200) -> HttpResponse:
        context = {"book": self.book, **describe_entry(self.library, self.book), **context}
        return render(self.request, template, context, status=status)

    def reject(self, form: EntryForm) -> HttpResponse:
        """Explains invalid values. They are not sent by the page, which offers valid ones only."""
        reason = " ".join(str(error) for errors in form.errors.values() for error in errors)
        if is_from_htmx(self.request):
            return page_or_problem(self.request, 422, reason)
        messages.error(self.request, reason)
        return self.respond()

    def show_conflict(self, current: LibraryEntry | None, wanted: dict[str, Any]) -> HttpResponse:
        """Shows both versions, and a form that applies the change to the current one. Nothing wanted is a removal."""
        conflict = {"current": describe_version(current), "wanted": describe_change(wanted), "values": wanted}
        context = {"conflict": conflict, "entry": current}
        # htmx shows only responses that succeeded.
        if is_from_htmx(self.request):
            return self.show_controls("web/entry.html", context)
        return self.show_controls("web/entry_conflict_page.html", {**context, "is_page": True}, status=412)


class EntryChangeView(EntryControlView):
    """Sets status or rating. A book that is not in the library is added."""

    def change(self, request: HttpRequest) -> HttpResponse:
        form = EntryForm(request.POST)
        if not form.is_valid():
            return self.reject(form)
        change, seen = form.sent(), form.seen()
        try:
            is_new = add_or_change_entry(owner=self.library.owner, book=self.book, changes=change, seen=seen)
        except EntryChanged as error:
            return self.show_conflict(error.entry, form.changes())
        except EntryRemoved:
            return self.show_conflict(None, change)
        return self.respond(focus="rating" if form.removes_rating else "", has_new_details=is_new)


class EntryRemovalView(EntryControlView):
    """Removes the book from the library. It stays in the catalogue."""

    def change(self, request: HttpRequest) -> HttpResponse:
        version = request.POST.get("version", "")
        try:
            remove_entry(owner=self.library.owner, book=self.book, version=version)
        except EntryChanged as error:
            return self.show_conflict(error.entry, {})
        except EntryRemoved:
            raise Http404 from None
        return self.respond(focus="status", has_new_details=True)


def describe_version(entry: LibraryEntry | None) -> str:
    if entry is None:
        return "not in the library"
    notes = f"“{Truncator(entry.notes).chars(80)}”" if entry.notes else ""
    return ", ".join(filter(None, [entry.get_status_display(), describe_rating(entry.rating), notes]))


def describe_change(values: dict[str, Any]) -> str:
    if not values:
        return "removed from the library"
    status = LibraryEntry.Status(values["status"]).label if "status" in values else ""
    rating = (describe_rating(values["rating"]) or "not rated") if "rating" in values else ""
    return ", ".join(filter(None, [status, rating]))


def describe_rating(rating: Decimal | float | None) -> str:
    return "" if rating is None else f"rated {float(rating):g} of 5"
