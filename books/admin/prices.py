"""Price observations and the price review in the admin."""

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest

from books.models import HeldPrice, PriceObservation
from books.prices.review import accept_prices, dismiss_prices
from core.admin_mixins import FoldedSearchMixin, ReadOnlyMixin


@admin.register(PriceObservation)
class PriceObservationAdmin(FoldedSearchMixin, ReadOnlyMixin, admin.ModelAdmin[PriceObservation]):
    list_display = ["book", "observed_at", "price", "currency", "in_stock", "stock"]
    list_filter = ["in_stock", "currency", "observed_at"]
    list_select_related = ["book"]
    search_fields = ["book__title_key", "=book__upc"]
    date_hierarchy = "observed_at"


@admin.register(HeldPrice)
class HeldPriceAdmin(ReadOnlyMixin, FoldedSearchMixin, admin.ModelAdmin[HeldPrice]):
    """Prices that failed the plausibility check and wait for a decision."""

    list_display = ["book", "price_now", "held_price", "reason", "state", "held_at"]
    list_filter = ["state", "currency"]
    list_select_related = ["book"]
    search_fields = ["book__title_key", "=book__upc"]
    actions = ["accept", "dismiss"]

    @admin.display(description="price now")
    def price_now(self, held: HeldPrice) -> str:
        return "-" if held.book.price is None else f"{held.book.price} {held.book.currency}"

    @admin.display(description="pending price", ordering="price")
    def held_price(self, held: HeldPrice) -> str:
        return held.text or f"{held.price} {held.currency}"

    def has_decide_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("books.change_heldprice")

    @admin.action(description="Accept: the book gets this price", permissions=["decide"])
    def accept(self, request: HttpRequest, held: QuerySet[HeldPrice]) -> None:
        selected = HeldPrice.objects.filter(pk__in=held)
        self.message_user(request, f"{accept_prices(selected):,} prices were accepted.")
        if unreadable := selected.pending().count():
            advice = "if you know a price, enter it on the book's page, then dismiss the pending one."
            self.message_user(request, f"{unreadable:,} are not readable: {advice}", messages.WARNING)

    @admin.action(description="Dismiss: the book keeps its price", permissions=["decide"])
    def dismiss(self, request: HttpRequest, held: QuerySet[HeldPrice]) -> None:
        self.message_user(request, f"{dismiss_prices(HeldPrice.objects.filter(pk__in=held)):,} prices were dismissed.")
