"""What staff do to several books at once."""

import csv
import re
from collections.abc import Iterable
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.helpers import ActionForm
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse

from books.curation import curate, release, values
from books.models import Book, Category
from books.models.price import take_back
from books.openlibrary.values import identifier

# What a spreadsheet begins a formula with, at the beginning of a cell, or of what another one takes for a cell: in many
# countries semicolons part them
FORMULA = re.compile(r"(^|[;\t\r\n])(?=[=+\-@\t\r\n＝＋－＠])")
COLUMNS = (
    "id", "title", "authors", "category", "source", "source_key", "upc", "isbn_13", "work_key", "first_publish_year",
    "price", "currency", "in_stock", "stock", "rating", "product_url",
)  # fmt: skip


class BookActionForm(ActionForm):
    """Stands beside the actions; each reads what it needs of it."""

    category = forms.ModelChoiceField(Category.objects.all(), required=False, empty_label="category …")
    work_key = forms.CharField(
        required=False, max_length=64, widget=forms.TextInput({"placeholder": "OL45804W", "size": 12})
    )


class BookActions(admin.ModelAdmin[Any]):
    action_form = BookActionForm
    actions = ["hold_prices", "assign_category", "mark_as_same_work", "release_fields", "export_as_csv"]

    @admin.action(description="Hold the price: the one before it counts until somebody decides", permissions=["change"])
    def hold_prices(self, request: HttpRequest, books: QuerySet[Book]) -> None:
        held = sum(take_back(book, reason=f"{request.user} held it.") for book in books)
        self.message_user(request, f"{held:,} prices wait among the held prices, to be accepted or dismissed.")

    @admin.action(description="Assign the category chosen beside", permissions=["change"])
    def assign_category(self, request: HttpRequest, books: QuerySet[Book]) -> None:
        category = Category.objects.filter(pk=request.POST.get("category") or 0).first()
        if category is None:
            self.message_user(request, "Choose a category beside the action first.", messages.ERROR)
            return
        self._set(request, books, "category", category)

    @admin.action(description="Mark as the same work, by the key beside", permissions=["change"])
    def mark_as_same_work(self, request: HttpRequest, books: QuerySet[Book]) -> None:
        key = identifier(request.POST.get("work_key", "").strip(), "W")
        if key is None:
            self.message_user(
                request, "Enter the work's key beside the action first, such as OL45804W.", messages.ERROR
            )
            return
        self._set(request, books, "work_key", key)

    @admin.action(description="Release the fields that people set", permissions=["change"])
    def release_fields(self, request: HttpRequest, books: QuerySet[Book]) -> None:
        self.message_user(request, f"{release(list(books)):,} fields take their source's value at its next word.")

    @admin.action(description="Export as CSV", permissions=["view"])
    def export_as_csv(self, request: HttpRequest, books: QuerySet[Book]) -> HttpResponse:
        response = HttpResponse(
            content_type="text/csv; charset=utf-8", headers={"Content-Disposition": 'attachment; filename="books.csv"'}
        )
        writer = csv.writer(response)
        writer.writerow(COLUMNS)
        writer.writerows(rows(books))
        return response

    @transaction.atomic
    def _set(self, request: HttpRequest, books: QuerySet[Book], field: str, value: Any) -> None:
        for book in books.select_for_update(of=("self",)):
            before = values(book)
            setattr(book, field, value)
            book.save(update_fields=[field, "updated_at"])
            curate(book, {field}, before=before, by=request.user)
        self.message_user(request, f"{len(books):,} books were set to {value}.")


def rows(books: QuerySet[Book]) -> Iterable[list[str]]:
    for book in books.select_related("category").prefetch_related("authorships__author"):
        authors = "; ".join(authorship.author.name for authorship in book.authorships.all())
        given = {"authors": authors, "category": book.category.name if book.category else ""}
        yield [harmless(given.get(name, getattr(book, name, ""))) for name in COLUMNS]


def harmless(value: Any) -> str:
    """A cell that a spreadsheet takes for text: what begins like a formula gets an apostrophe before it."""
    return FORMULA.sub(r"\1'", value) if isinstance(value, str) else "" if value is None else str(value)
