"""Books in the admin, with curation and price history."""

from collections.abc import Sequence
from typing import Any

from django.contrib import admin
from django.contrib.admin.widgets import AdminTextareaWidget
from django.db import models
from django.db.models import QuerySet
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import localize
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.timezone import localtime

from books.admin.actions import BookActions
from books.admin.authorships import AuthorshipInline
from books.admin.filters import ListedFilter, PublishedFilter, SourceListFilter, with_source_labels
from books.admin.forms import BookForm, MultilineField
from books.curation import add_linked_fields, changed_fields, curate, field_values
from books.models import Book, CuratedField, PriceObservation, PriceStatus
from books.prices.chart import price_charts
from books.prices.history import load_prices
from books.publication import publish_authors
from books.work_changes import report_moved_books
from core.admin_lists import SelectListFilter, format_price, shorten_in_list
from core.admin_mixins import CountedDeletionMixin, FoldedSearchMixin, HistoryAdmin, ReadOnlyMixin
from core.db.updates import update_row


class CuratedFieldInline(admin.TabularInline[CuratedField, Book]):
    """Deleting a row releases the field: the next ingest sets it again."""

    model = CuratedField
    fields = ["field", "by", "at", "stated_value"]
    readonly_fields = ["field", "by", "at", "stated_value"]
    verbose_name_plural = "curated fields (delete one to let its source set it again)"
    extra = 0

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False  # changing a field marks it

    @admin.display(description="the source states now")
    def stated_value(self, curated: CuratedField) -> str:
        value = curated.source_value
        return "-" if value is None else ", ".join(map(str, value)) if isinstance(value, list) else str(value)


class PriceObservationInline(ReadOnlyMixin, admin.TabularInline[PriceObservation, Book]):
    model = PriceObservation
    fields = ["observed_at", "price", "currency", "availability", "stock"]
    verbose_name_plural = "price observations"


@admin.register(Book)
class BookAdmin(BookActions, CountedDeletionMixin, FoldedSearchMixin, HistoryAdmin):
    form = BookForm
    list_display = [
        "cover",
        "short_title",
        "price_with_currency",
        "price_status",
        "stock",
        "category",
        "rating",
        "source_name",
        "last_checked_at",
        "missing_since",
        "is_published",
    ]
    list_display_links = ["short_title"]
    list_filter = [
        ("source", SourceListFilter),
        ("category", SelectListFilter),
        ("missing_since", ListedFilter),
        ("is_published", PublishedFilter),
        "availability",
        "rating",
    ]
    list_select_related = ["category"]
    list_per_page = 50
    search_fields = [
        "title_key__contains",
        "=upc",
        "=isbn_13",
        "authorships__author__name_key__contains",
        "authorships__name_key__contains",
    ]
    autocomplete_fields = ["category"]
    formfield_overrides = {
        models.URLField: {"assume_scheme": "https"},
        models.TextField: {"form_class": MultilineField, "empty_value": None, "widget": AdminTextareaWidget},
    }
    inlines = [AuthorshipInline, CuratedFieldInline, PriceObservationInline]
    readonly_fields = [
        "large_cover",
        "price_status",
        "last_checked_at",
        "price_history",
        "source_name",
        "source_key",
        "missing_since",
        "is_published",
        "libraries",
        "created_at",
        "updated_at",
    ]
    fieldsets = [
        (None, {"fields": [("title", "large_cover"), "subtitle", "category", "description"]}),
        (
            "Price and stock",
            {
                "fields": [("price", "currency", "price_status"), ("availability", "stock"), "rating", "price_history"],
                "description": "Values that you change are not overwritten by the source until you release them.",
            },
        ),
        (
            "Identity",
            {"fields": ["source_name", "source_key", "upc", "isbn_13", "work_key", "first_publish_year", "languages"]},
        ),
        (
            "Links and dates",
            {
                "fields": [
                    "cover_url",
                    "product_url",
                    "last_checked_at",
                    "missing_since",
                    "is_published",
                    "libraries",
                    "created_at",
                    "updated_at",
                ]
            },
        ),
    ]

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        """A new book has only inputs: its key is chosen when it is saved, and nothing has been observed."""
        if obj is not None:
            return super().get_fieldsets(request, obj)
        return [(name, {**options, "fields": _inputs_of(options["fields"])}) for name, options in self.fieldsets]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Book]:
        books: Any = super().get_queryset(request)
        return with_source_labels(books.with_freshness())

    def get_object(self, request: HttpRequest, object_id: str, from_field: str | None = None) -> Book | None:
        """Locks a book that a form changes, because the history and the curated fields state its values before."""
        book: Book | None = super().get_object(request, object_id, from_field)
        if book is None or request.method != "POST":
            return book
        return self.get_queryset(request).select_for_update(of=("self",)).filter(pk=book.pk).first()

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        """The page repeats the values that it shows, so that a value which a crawl has changed since is not reset."""
        field: Any = super().formfield_for_dbfield(db_field, request, **kwargs)
        if field is not None:
            field.show_hidden_initial = True
        return field

    def save_model(self, request: HttpRequest, obj: Book, form: Any, change: bool) -> None:  # noqa: FBT001  Django's
        if not change:
            return super().save_model(request, obj, form, change)
        current = get_object_or_404(Book, pk=obj.pk)
        request.before = field_values(current)  # type: ignore[attr-defined]  # for save_related
        changed = add_linked_fields(form.changed_data)
        for name in set(form.fields) - changed:  # a crawl may have changed them since the form was loaded
            setattr(obj, name, getattr(current, name))
        update_row(obj, [*changed, "title_key", "updated_at"])
        return None

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:  # noqa: FBT001  Django's
        super().save_related(request, form, formsets, change)
        publish_authors([form.instance.pk])
        if change:
            before = request.before  # type: ignore[attr-defined]  # set in save_model
            fields = changed_fields(before, field_values(form.instance))
            curate(form.instance, fields, before=before, by=request.user)
            report_moved_books({form.instance.pk: before})

    @admin.display(description="")
    def cover(self, book: Book) -> SafeString | str:
        return cover_image(book, height=48, width=120)

    @admin.display(description="cover")
    def large_cover(self, book: Book) -> SafeString | str:
        return cover_image(book, height=160, width=240)

    @admin.display(description="title", ordering="title_key")
    def short_title(self, book: Book) -> SafeString:
        return shorten_in_list(book.title)

    @admin.display(description="price", ordering="price")
    def price_with_currency(self, book: Book) -> str:
        return format_price(book.price, book.currency)

    @admin.display(description="price status")
    def price_status(self, book: Book) -> str:
        status = getattr(book, "price_status", None)  # an earlier version is not annotated
        return PriceStatus(status).label if status else "-"

    @admin.display(description="last checked at", ordering="last_check__at")
    def last_checked_at(self, book: Book) -> str:
        moment = getattr(book, "last_checked_at", None)
        return localize(localtime(moment)) if moment else "-"

    @admin.display(description="source", ordering="source")
    def source_name(self, book: Book) -> str:
        return str(getattr(book, "source_label", book.source))

    @admin.display(description="price history")
    def price_history(self, book: Book) -> SafeString | str:
        prices = load_prices([book.pk], now=timezone.now())[book.pk]
        return price_charts(prices.histories) or "No price has been observed."

    @admin.display(description="in libraries")
    def libraries(self, book: Book) -> int:
        """Only their number, because libraries are private."""
        return book.library_entries.count()


def cover_image(book: Book, *, height: int, width: int) -> SafeString | str:
    """The cover in a height of pixels, from the image of one of the widths that `/covers` serves."""
    if not book.cover_url:
        return "-"
    address = reverse("cover", args=[book.pk, width])
    return format_html('<img src="{}" alt="" height="{}" loading="lazy">', address, height)


def _inputs_of(fields: Sequence[Any]) -> list[Any]:
    """The fields of a form without those that are only shown; rows of several fields keep their shape."""
    rows = [tuple(_inputs_of(each)) if isinstance(each, tuple) else each for each in fields]
    return [each for each in rows if each and each not in BookAdmin.readonly_fields]
