"""Price observations and the price review in the admin."""

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.safestring import SafeString
from django.utils.translation import ngettext

from books.admin.exports import ExportActions
from books.admin.filters import SourceListFilter
from books.exports.catalogue import EXPORTS
from books.models import HeldPrice, PriceObservation
from books.prices.review import accept_prices, dismiss_prices
from core.admin_lists import SelectListFilter, format_price, shorten_in_list
from core.admin_mixins import FoldedSearchMixin, ReadOnlyMixin

UNREADABLE_ADVICE = "if you know the price, enter it on the book's page, then dismiss the pending one."


@admin.register(PriceObservation)
class PriceObservationAdmin(ExportActions, FoldedSearchMixin, ReadOnlyMixin, admin.ModelAdmin[PriceObservation]):
    actions = ["export_as_csv", "export_as_json_lines"]
    export = EXPORTS["prices"]
    list_display = ["book_title", "price_with_currency", "availability", "stock", "observed_at"]
    list_filter = [
        ("book__category", SelectListFilter),
        ("book__source", SourceListFilter),
        "availability",
        "currency",
        "observed_at",
    ]
    list_select_related = ["book"]
    search_fields = ["book__title_key__contains", "=book__upc"]
    date_hierarchy = "observed_at"

    @admin.display(description="book", ordering="book__title_key")
    def book_title(self, observation: PriceObservation) -> SafeString:
        return shorten_in_list(observation.book)

    @admin.display(description="price", ordering="price")
    def price_with_currency(self, observation: PriceObservation) -> str:
        return format_price(observation.price, observation.currency)


@admin.register(HeldPrice)
class HeldPriceAdmin(ReadOnlyMixin, FoldedSearchMixin, admin.ModelAdmin[HeldPrice]):
    """Prices that failed the plausibility check and wait for a decision."""

    list_display = ["book_title", "price_now", "held_price", "state", "reason", "held_at", "is_report"]
    list_filter = ["state", ("book__category", SelectListFilter), "currency"]
    list_select_related = ["book"]
    search_fields = ["book__title_key__contains", "=book__upc"]
    actions = ["accept", "dismiss"]

    @admin.display(description="book", ordering="book__title_key")
    def book_title(self, held: HeldPrice) -> SafeString:
        return shorten_in_list(held.book)

    @admin.display(description="price now", ordering="book__price")
    def price_now(self, held: HeldPrice) -> str:
        return format_price(held.book.price, held.book.currency)

    @admin.display(description="pending price", ordering="price")
    def held_price(self, held: HeldPrice) -> str:
        return held.text or format_price(held.price, held.currency)

    def has_decide_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("books.change_heldprice")

    @admin.action(description="Accept: the book gets this price", permissions=["decide"])
    def accept(self, request: HttpRequest, held: QuerySet[HeldPrice]) -> None:
        selected = HeldPrice.objects.filter(pk__in=held)
        accepted = accept_prices(selected)
        message = ngettext("{:,} price was accepted.", "{:,} prices were accepted.", accepted)
        self.message_user(request, message.format(accepted))
        if unreadable := selected.pending().count():
            message = ngettext("{:,} price is not readable: {}", "{:,} prices are not readable: {}", unreadable)
            self.message_user(request, message.format(unreadable, UNREADABLE_ADVICE), messages.WARNING)

    @admin.action(description="Dismiss: the book keeps its price", permissions=["decide"])
    def dismiss(self, request: HttpRequest, held: QuerySet[HeldPrice]) -> None:
        dismissed = dismiss_prices(HeldPrice.objects.filter(pk__in=held))
        message = ngettext("{:,} price was dismissed.", "{:,} prices were dismissed.", dismissed)
        self.message_user(request, message.format(dismissed))
