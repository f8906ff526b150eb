"""The page of a book, and the reader's own entry on it."""

from typing import Any

from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.generic import DetailView, View

from books.api.book_rows import BookRow
from books.models import Book, Source
from books.prices.description import describe_change
from books.prices.history import BookPrices, load_prices
from books.prices.table import make_rows
from core.api.problem_details import page_or_problem
from users.library.entries import change_entry, remove_entry
from users.library.saving import SaveRequest, save_book
from users.library.visibility import visible_books
from users.models import LibraryEntry, Reading, User
from web.cards import ROW_WIDTH, load_cards
from web.forms import RATING_CHOICES, EntryForm, NotesForm
from web.page import PageMixin, SignedInMixin, is_from_htmx
from web.page_cache import CachedPage
from web.templatetags.web import book_url

MAX_RELATED = 12  # rows of the same work


class BookPageView(CachedPage, PageMixin, DetailView[Book]):
    """A page at `/book/<id>/<slug>`. The slug is not compared, because titles change."""

    section = "catalogue"
    is_indexed = True
    template_name = "web/book.html"
    context_object_name = "book"

    def get_queryset(self) -> QuerySet[Book]:
        return visible_books(self.request.user).listed()

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        book = self.object
        context |= {
            **describe_prices(load_prices([book.pk], now=timezone.now())[book.pk]),
            "source_label": Source.objects.filter(name=book.source).values_list("label", flat=True).first(),
            "related": load_related(book),
            **describe_entry(self.request, book),
        }
        return super().get_context_data(**context)

    def render_to_response(self, context: dict[str, Any], **options: Any) -> HttpResponse:
        response = super().render_to_response(context, **options)
        if not self.object.is_published:
            response.headers["Cache-Control"] = "private, no-store"
        return response

    def find_canonical(self, context: dict[str, Any]) -> str | None:
        return super().find_canonical(context) if self.object.is_published else None

    def find_address(self, context: dict[str, Any]) -> str:
        return book_url(self.object)


def describe_prices(prices: BookPrices) -> dict[str, Any]:
    return {
        "histories": prices.histories,
        "changes": [describe_change(history) for history in prices.histories],
        "observations": make_rows(prices.observations),
    }


def load_related(book: Book) -> list[BookRow]:
    """Other rows of the same work or with the same ISBN."""
    others = find_related(book)
    if others is None:
        return []
    return load_cards(list(others.values_list("pk", flat=True)[:MAX_RELATED]), width=ROW_WIDTH)


def find_related(book: Book) -> QuerySet[Book] | None:
    """None without a work and an ISBN."""
    same = Q(work_key=book.work_key) if book.work_key else Q()
    same |= Q(isbn_13=book.isbn_13) if book.isbn_13 else Q()
    return Book.objects.published().filter(same).exclude(pk=book.pk).order_by("pk") if same else None


def describe_entry(request: HttpRequest, book: Book) -> dict[str, Any]:
    """The controls of the library; nothing for readers who have not signed in."""
    if not isinstance(request.user, User):
        return {"statuses": []}
    entry = LibraryEntry.objects.owned_by(request.user).filter(book=book).first()
    details = (
        {
            "notes_form": NotesForm.of(entry),
            "entry_readings": list(entry.readings.all()),
            "outcomes": Reading.Outcome.choices,
        }
        if entry
        else {}
    )
    return {
        **details,
        "entry": entry,
        "statuses": LibraryEntry.Status.choices,
        "ratings": RATING_CHOICES[1:],
    }


class EntryFormView(SignedInMixin, View):
    """A form of the reader's own entry."""

    def get_return_path(self) -> str:
        return reverse("web:book", args=[self.kwargs["pk"]])


class EntryChangeView(EntryFormView):
    """Sets status or rating. A book that is not in the library is added."""

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        book = get_object_or_404(visible_books(request.user).listed(), pk=pk)
        form = EntryForm(request.POST)
        if not form.is_valid():
            return reject(request, book, form)
        assert isinstance(request.user, User)
        entry, is_new = save_book(owner=request.user, save_request=SaveRequest(book=book), **form.changes())
        if not is_new:
            change_entry(owner=request.user, pk=entry.pk, changes=form.changes())
        return respond(request, book, focus="rating" if form.removes_rating else "", has_new_details=is_new)


class EntryRemovalView(EntryFormView):
    """Removes the book from the reader's library. It stays in the catalogue."""

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        book = get_object_or_404(visible_books(request.user).listed(), pk=pk)
        entry = LibraryEntry.objects.owned_by(request.user).filter(book=book).first()
        if entry is None:
            raise Http404
        assert isinstance(request.user, User)
        remove_entry(owner=request.user, pk=entry.pk)
        return respond(request, book, focus="status", has_new_details=True)


def respond(request: HttpRequest, book: Book, *, focus: str = "", has_new_details: bool = False) -> HttpResponse:
    """The controls for htmx, otherwise the book's page again.

    `focus` names the group of controls that gets the focus, if the button that was pressed is no longer there.
    Notes and readings are replaced too if they are new or removed, but not otherwise: somebody may be typing.
    """
    if is_from_htmx(request):
        context = {"book": book, "focus": focus, "is_swapped": has_new_details, **describe_entry(request, book)}
        related = load_related(book) if has_new_details else []
        return render(request, "web/entry.html", {**context, "related": related})
    return redirect(book_url(book))


def reject(request: HttpRequest, book: Book, form: EntryForm) -> HttpResponse:
    """Explains invalid values. They are not sent by the page, which offers valid ones only."""
    reason = " ".join(str(error) for errors in form.errors.values() for error in errors)
    if is_from_htmx(request):
        return page_or_problem(request, 422, reason)
    messages.error(request, reason)
    return redirect(book_url(book))
