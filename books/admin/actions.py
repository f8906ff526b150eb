"""Admin actions on several books."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.helpers import ActionForm
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import ngettext

from books.admin.exports import ExportActions
from books.curation import curate, field_values, release_fields
from books.exports.catalogue import EXPORTS
from books.models import Book, Category
from books.openlibrary.values import parse_key
from books.prices.review import hold_latest_price
from books.publication import set_published
from books.work_changes import report_moved_books


class BookActionForm(ActionForm):
    """Inputs next to the action list; each action reads the ones it needs."""

    category = forms.ModelChoiceField(Category.objects.all(), required=False, label="Category:")
    work_key = forms.CharField(
        required=False,
        max_length=64,
        label="Work key:",
        widget=forms.TextInput({"placeholder": "OL45804W", "size": 12}),
    )


class BookActions(ExportActions, admin.ModelAdmin[Any]):
    action_form = BookActionForm
    actions = [
        "hold_prices",
        "assign_category",
        "mark_as_same_work",
        "release_fields",
        "publish",
        "withdraw",
        "export_as_csv",
        "export_as_json_lines",
    ]
    export = EXPORTS["books"]

    def has_review_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perms(["books.change_book", "books.change_heldprice"])

    @admin.action(
        description="Hold the price for review: the previous price counts until a decision", permissions=["review"]
    )
    def hold_prices(self, request: HttpRequest, books: QuerySet[Book]) -> None:
        held = sum(hold_latest_price(book, reason=f"{request.user} held this price.") for book in books)
        message = ngettext("{:,} price waits in the price review.", "{:,} prices wait in the price review.", held)
        self.message_user(request, message.format(held))

    @admin.action(description="Assign the selected category", permissions=["change"])
    def assign_category(self, request: HttpRequest, books: QuerySet[Book]) -> None:
        category = Category.objects.filter(pk=request.POST.get("category") or 0).first()
        if category is None:
            self.message_user(request, "Select a category next to the action first.", messages.ERROR)
            return
        self._set(request, books, "category", category)

    @admin.action(description="Mark as the same work, by the entered key", permissions=["change"])
    def mark_as_same_work(self, request: HttpRequest, books: QuerySet[Book]) -> None:
        key = parse_key(request.POST.get("work_key", "").strip(), "W")
        if key is None:
            self.message_user(
                request, "Enter the work's key next to the action first, such as OL45804W.", messages.ERROR
            )
            return
        self._set(request, books, "work_key", key)

    @admin.action(description="Release curated fields", permissions=["change"])
    def release_fields(self, request: HttpRequest, books: QuerySet[Book]) -> None:
        number = release_fields(list(books))
        message = ngettext(
            "{:,} field was released: the next crawl sets it again.",
            "{:,} fields were released: the next crawl sets them again.",
            number,
        )
        self.message_user(request, message.format(number))

    @admin.action(description="Publish: show the books to everybody", permissions=["change"])
    def publish(self, request: HttpRequest, books: QuerySet[Book]) -> None:
        number = set_published(books, is_published=True)
        self.message_user(
            request, ngettext("{:,} book was published.", "{:,} books were published.", number).format(number)
        )

    @admin.action(description="Withdraw: show the books only in libraries that contain them", permissions=["change"])
    def withdraw(self, request: HttpRequest, books: QuerySet[Book]) -> None:
        number = set_published(books, is_published=False)
        self.message_user(
            request, ngettext("{:,} book was withdrawn.", "{:,} books were withdrawn.", number).format(number)
        )

    @transaction.atomic
    def _set(self, request: HttpRequest, books: QuerySet[Book], field: str, value: Any) -> None:
        locked = list(books.select_for_update(no_key=True, of=("self",)).order_by("pk"))
        before = {book.pk: field_values(book) for book in locked}
        for book in locked:
            setattr(book, field, value)
            book.save(update_fields=[field, "updated_at"])
            curate(book, {field}, before=before[book.pk], by=request.user)
        report_moved_books(before)
        message = ngettext("{:,} book was set to {}.", "{:,} books were set to {}.", len(locked))
        self.message_user(request, message.format(len(locked), value))
