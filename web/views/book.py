"""The page of a book, with the entry of a library."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.views.generic import DetailView, View

from books.book_rows import BookRow
from books.models import Book, Source
from books.offers import CurrencyGroup, find_offers, group_by_currency
from books.prices.description import describe_change
from books.prices.history import BookPrices, load_prices
from books.prices.review import report_price
from books.prices.table import make_rows
from users.library.visibility import visible_books
from users.models import LibraryEntry
from web.cards import ROW_WIDTH, load_cards
from web.entry_panel import describe_details
from web.forms import RATING_CHOICES, NotesForm
from web.libraries import Library, find_library
from web.page import PageMixin
from web.page_cache import CachedPage
from web.templatetags.web import book_url
from web.watch_panel import describe_watches

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
            "offers": load_offers(book),
            **describe_entry(find_library(self.request), book),
            **describe_watches(self.request, book),
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


def load_offers(book: Book) -> list[CurrencyGroup]:
    """Nothing without a second offer to compare with."""
    offers = find_offers(book) if book.work_key or book.isbn_13 else []
    return group_by_currency(offers) if len(offers) > 1 else []


def find_related(book: Book) -> QuerySet[Book] | None:
    """None without a work and an ISBN."""
    same = Q(work_key=book.work_key) if book.work_key else Q()
    same |= Q(isbn_13=book.isbn_13) if book.isbn_13 else Q()
    return Book.objects.published().filter(same).exclude(pk=book.pk).order_by("pk") if same else None


def describe_entry(library: Library | None, book: Book) -> dict[str, Any]:
    """The controls of the library; nothing for readers who have to sign in first."""
    if library is None:
        return {"statuses": []}
    entry = LibraryEntry.objects.owned_by(library.owner).filter(book=book).prefetch_related("tags").first()
    details = {"notes_form": NotesForm.of(entry), **describe_details(entry, library.owner)} if entry else {}
    return {
        **details,
        "library": library,
        "has_shared": settings.SHARED_SHELF,
        "entry": entry,
        "statuses": LibraryEntry.Status.choices,
        "ratings": RATING_CHOICES[1:],
    }


class PriceReportView(PageMixin, View):
    """A reader reports that the price is wrong: staff review it."""

    @method_decorator(login_required)
    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        book = get_object_or_404(visible_books(request.user), pk=pk)
        if report_price(book, reason="A reader reports that this price is wrong."):
            messages.success(request, "Thank you. Staff review the price.")
        else:
            messages.success(request, "Staff review a price of this book already.")
        return redirect(book_url(book))
