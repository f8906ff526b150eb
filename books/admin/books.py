"""The catalogue in the admin: for looking and for curation by hand."""

from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.widgets import AdminTextareaWidget
from django.db import models, transaction
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString
from simple_history.admin import SimpleHistoryAdmin

from books.admin.actions import BookActions
from books.curation import changed, curate, values
from books.models import Author, Authorship, Book, Category, CuratedField, HeldPrice, PriceObservation
from books.prices.chart import price_chart
from core.admin_mixins import FoldsSearch, ReadOnly


class CountsBooks(FoldsSearch, admin.ModelAdmin[Any]):
    list_display = ["name", "number_of_books"]
    search_fields = ["name_key"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows: QuerySet[Any] = super().get_queryset(request).annotate(number_of_books=Count("books"))
        return rows

    @admin.display(description="books", ordering="number_of_books")
    def number_of_books(self, row: Any) -> int:
        return int(row.number_of_books)


@admin.register(Author)
class AuthorAdmin(CountsBooks):
    pass


@admin.register(Category)
class CategoryAdmin(CountsBooks):
    pass


class AuthorshipInline(admin.TabularInline[Authorship, Book]):
    model = Authorship
    autocomplete_fields = ["author"]
    extra = 0


class CuratedFieldInline(admin.TabularInline[CuratedField, Book]):
    """Ticking "Delete" releases a field: its source sets it again at its next word."""

    model = CuratedField
    fields = ["field", "by", "at", "source_says"]
    readonly_fields = ["field", "by", "at", "source_says"]
    verbose_name_plural = "fields that a person set (delete one to release it to its source)"
    extra = 0

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False  # changing a field marks it

    @admin.display(description="what the source says now")
    def source_says(self, curated: CuratedField) -> str:
        value = curated.source_value
        return "-" if value is None else ", ".join(map(str, value)) if isinstance(value, list) else str(value)


class PriceObservationInline(ReadOnly, admin.TabularInline[PriceObservation, Book]):
    model = PriceObservation
    fields = ["observed_at", "price", "currency", "in_stock"]
    verbose_name_plural = "what the source said"


@admin.register(Book)
class BookAdmin(BookActions, FoldsSearch, SimpleHistoryAdmin[Book]):
    list_display = ["cover", "title", "category", "price_with_currency", "stock", "rating", "source", "missing_since"]
    list_display_links = ["cover", "title"]
    list_filter = ["source", "rating", "in_stock", ("missing_since", admin.EmptyFieldListFilter), "category"]
    list_select_related = ["category"]
    list_per_page = 50
    search_fields = ["title_key", "=upc", "=isbn_13", "authors__name_key"]
    autocomplete_fields = ["category"]
    formfield_overrides = {
        models.URLField: {"assume_scheme": "https"},
        models.TextField: {"empty_value": None, "widget": AdminTextareaWidget},
    }
    inlines = [AuthorshipInline, CuratedFieldInline, PriceObservationInline]
    readonly_fields = [
        "large_cover",
        "price_history",
        "source",
        "source_key",
        "missing_since",
        "created_at",
        "updated_at",
    ]
    fieldsets = [
        (None, {"fields": [("title", "large_cover"), "category", "description"]}),
        (
            "Price and stock",
            {
                "fields": [("price", "currency"), ("in_stock", "stock"), "rating", "price_history"],
                "description": "What you change stays as you set it, whatever the shop says, until you release it.",
            },
        ),
        (
            "Identity",
            {"fields": ["source", "source_key", "upc", "isbn_13", "work_key", "first_publish_year", "languages"]},
        ),
        ("Links and dates", {"fields": ["cover_url", "product_url", "missing_since", "created_at", "updated_at"]}),
    ]

    def changeform_view(self, request: HttpRequest, *args: Any, **options: Any) -> Any:
        with transaction.atomic():
            return super().changeform_view(request, *args, **options)

    def save_model(self, request: HttpRequest, obj: Book, form: Any, change: bool) -> None:  # noqa: FBT001  Django's
        if not change:
            return super().save_model(request, obj, form, change)
        request.before = values(Book.objects.get(pk=obj.pk))  # type: ignore[attr-defined]  # ours
        # Of the rest the database may know better by now: a crawl writes beside people.
        obj.save(update_fields=[*form.changed_data, "title_key", "updated_at"])
        return None

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:  # noqa: FBT001  Django's
        super().save_related(request, form, formsets, change)
        if change:
            before = request.before  # type: ignore[attr-defined]  # set above
            curate(form.instance, changed(before, values(form.instance)), before=before, by=request.user)

    @admin.display(description="")
    def cover(self, book: Book) -> SafeString | str:
        return cover_image(book, 48)

    @admin.display(description="cover")
    def large_cover(self, book: Book) -> SafeString | str:
        return cover_image(book, 160)

    @admin.display(description="price", ordering="price")
    def price_with_currency(self, book: Book) -> str:
        return "-" if book.price is None else f"{book.price} {book.currency}"

    @admin.display(description="price history")
    def price_history(self, book: Book) -> SafeString | str:
        observed = book.observations.exclude(price=None).order_by("observed_at", "pk")
        points = [(each.observed_at, each.price) for each in observed if each.price is not None]
        return price_chart(points, book.currency or "") if points else "No price has been observed."


def cover_image(book: Book, height: int) -> SafeString | str:
    """The cover where its source keeps it; nothing is sent along that tells where it is shown."""
    if not (book.cover_url or "").startswith(("http://", "https://")):
        return "-"
    return format_html(
        '<img src="{}" alt="" height="{}" loading="lazy" referrerpolicy="no-referrer">', book.cover_url, height
    )


@admin.register(PriceObservation)
class PriceObservationAdmin(FoldsSearch, ReadOnly, admin.ModelAdmin[PriceObservation]):
    list_display = ["book", "observed_at", "price", "currency", "in_stock"]
    list_filter = ["in_stock", "currency", "observed_at"]
    list_select_related = ["book"]
    search_fields = ["book__title_key", "=book__upc"]
    date_hierarchy = "observed_at"


@admin.register(HeldPrice)
class HeldPriceAdmin(ReadOnly, FoldsSearch, admin.ModelAdmin[HeldPrice]):
    """Prices that are too odd to believe wait here for somebody to look at them."""

    list_display = ["book", "price_now", "held_price", "reason", "state", "held_at"]
    list_filter = ["state", "currency"]
    list_select_related = ["book"]
    search_fields = ["book__title_key", "=book__upc"]
    actions = ["accept", "dismiss"]

    @admin.display(description="price now")
    def price_now(self, held: HeldPrice) -> str:
        return "-" if held.book.price is None else f"{held.book.price} {held.book.currency}"

    @admin.display(description="held", ordering="price")
    def held_price(self, held: HeldPrice) -> str:
        return held.text or f"{held.price} {held.currency}"

    def has_decide_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("books.change_heldprice")

    @admin.action(description="Accept: the book takes this price", permissions=["decide"])
    def accept(self, request: HttpRequest, held: QuerySet[HeldPrice]) -> None:
        chosen = HeldPrice.objects.filter(pk__in=held)
        self.message_user(request, f"{chosen.accept():,} prices were accepted.")
        if unreadable := chosen.waiting().count():
            advice = "enter the price on the book's page where you know it, and dismiss what is held."
            self.message_user(request, f"{unreadable:,} cannot be read: {advice}", messages.WARNING)

    @admin.action(description="Dismiss: the book keeps its price", permissions=["decide"])
    def dismiss(self, request: HttpRequest, held: QuerySet[HeldPrice]) -> None:
        self.message_user(request, f"{HeldPrice.objects.filter(pk__in=held).dismiss():,} prices were dismissed.")
