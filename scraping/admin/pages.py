"""The product pages of shops in the admin."""

from django.contrib import admin
from django.utils.safestring import SafeString

from core.admin_lists import shorten_in_list
from core.admin_mixins import ReadOnlyMixin, RestrictedFilterMixin
from scraping.models import ShopPage


@admin.register(ShopPage)
class ShopPageAdmin(ReadOnlyMixin, RestrictedFilterMixin, admin.ModelAdmin[ShopPage]):
    list_display = ["address", "shop", "state", "reason", "priority", "read_at", "due_at"]
    list_filter = ["shop", "state", "priority"]
    search_fields = ["url__startswith", "=key"]
    search_help_text = "The beginning of an address."
    show_full_result_count = False
    fieldsets = [
        (None, {"fields": ["shop", "url", "book", "state", "reason", "failures"]}),
        ("When it is read", {"fields": ["priority", "due_at", "read_at", "dated_at", "listed_at"]}),
        ("What it states", {"fields": ["sources", "record"]}),
    ]  # fmt: skip

    @admin.display(description="page")
    def address(self, page: ShopPage) -> SafeString:
        return shorten_in_list(page.url)
