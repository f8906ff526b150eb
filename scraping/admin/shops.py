"""Shops in the admin: what may be read and why, the first prices of a new shop, and buttons to pause and resume."""

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.core.validators import validate_slug
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import get_object_or_404, redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import ngettext

from books.records import MAX_TEXT
from core.admin_mixins import RestrictedFilterMixin
from scraping.models import PageList, Shop, ShopPage
from scraping.shops import states
from scraping.shops.confirmation import list_waiting_products
from scraping.shops.frontier import count_first_pass_nights
from scraping.shops.registration import HOST_IS_FIXED, check_slug, clean_host, save_shop

MAX_PROBLEMS = 20  # of a search for pages that are shown

STATE_CHANGES: dict[str, tuple[Callable[[Shop, str], None], str]] = {
    "pause": (states.pause, "The shop is paused."),
    "block": (states.block, "The shop is blocked. Its books stay."),
    "resume": (lambda shop, _: states.resume(shop), "The shop is read again."),
}


class ShopForm(forms.ModelForm[Shop]):
    label = forms.CharField(label="Name", max_length=100, help_text="The name that people read.")
    slug = forms.CharField(
        max_length=MAX_TEXT["source"], validators=[validate_slug],
        help_text="Lower-case letters and hyphens. It is the source of the shop's books and cannot be changed.",
    )  # fmt: skip

    class Meta:
        model = Shop
        fields = [
            "host", "currency", "decimal_mark", "discovery", "sitemap_url", "listing_urls", "page_pattern", "delay",
            "pages_per_night", "robots_seen_on", "terms_read_on", "allowed_by", "reading_note", "keep_descriptions",
            "show_covers",
        ]  # fmt: skip

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        if self.instance.pk:
            self.fields["label"].initial = self.instance.source.label
            self.fields["slug"].initial = self.instance.pk
            self.fields["slug"].disabled = True

    def clean_slug(self) -> str:
        slug: str = self.cleaned_data["slug"]
        if not self.instance.pk:
            check_slug(slug)
        return slug

    def clean_host(self) -> str:
        host = clean_host(self.cleaned_data["host"])
        if self.instance.pk and host != self.initial.get("host"):
            raise forms.ValidationError(HOST_IS_FIXED)
        return host

    def clean_currency(self) -> str:
        return str(self.cleaned_data["currency"]).upper()


@admin.register(Shop)
class ShopAdmin(RestrictedFilterMixin, admin.ModelAdmin[Shop]):
    form = ShopForm
    list_display = ["label", "host", "state", "waiting", "discovery", "pages_per_night"]
    list_filter = ["state", "discovery"]
    list_select_related = ["source"]
    search_fields = ["source__label", "host"]
    autocomplete_fields = ["allowed_by"]
    readonly_fields = ["state", "state_reason", "progress", "problems"]
    fieldsets = [
        (None, {"fields": ["label", "slug", "host", ("state", "state_reason"), "progress"]}),
        ("Why it may be read", {"fields": [("robots_seen_on", "terms_read_on"), "allowed_by", "reading_note"]}),
        (
            "How its pages are found",
            {"fields": ["discovery", "sitemap_url", "listing_urls", "page_pattern", "problems"]},
        ),
        ("How fast", {"fields": [("delay", "pages_per_night")]}),
        ("What is the same on all its pages", {"fields": [("currency", "decimal_mark")]}),
        ("Works of others", {"fields": [("keep_descriptions", "show_covers")]}),
    ]  # fmt: skip

    @admin.display(description="name", ordering="source__label")
    def label(self, shop: Shop) -> str:
        return shop.source.label

    @admin.display(description="products to confirm")
    def waiting(self, shop: Shop) -> int:
        return shop.pages.filter(state=ShopPage.State.UNCONFIRMED).count()

    @admin.display(description="first pass")
    def progress(self, shop: Shop) -> str:
        return str(count_first_pass_nights(shop)) if shop.pk and not shop.is_hand_written else "-"

    @admin.display(description="problems of the last search")
    def problems(self, shop: Shop) -> str:
        """The files and listing pages that could not be read to their end. The next search reads them again."""
        failed = PageList.objects.filter(shop=shop.pk).exclude(problem="").order_by("-searched_at", "pk")
        rows = failed.values_list("url", "problem")[:MAX_PROBLEMS]
        lines = [f"{url} {problem}" for url, problem in rows]
        if more := failed.count() - len(lines):
            lines.append(f"and {more:,} more")
        return "\n".join(lines) or "-"

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view
        own = [
            path("<slug:pk>/products/", view(self.products), name="scraping_shop_products"),
            *(
                path(f"<slug:pk>/{action}/", view(self.change_state), {"action": action}, f"scraping_shop_{action}")
                for action in STATE_CHANGES
            ),
        ]
        return [*own, *super().get_urls()]

    def has_delete_permission(self, request: HttpRequest, obj: Shop | None = None) -> bool:
        """A shop is blocked instead, so that its books keep their source."""
        return False

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        return {"allowed_by": request.user.pk, **super().get_changeform_initial_data(request)}

    def save_model(self, request: HttpRequest, obj: Shop, form: Any, change: bool) -> None:  # noqa: FBT001  Django's
        obj.source_id = form.cleaned_data["slug"]
        save_shop(obj, label=form.cleaned_data["label"])

    def products(self, request: HttpRequest, pk: str) -> HttpResponse:
        """The products of a new shop: are these the prices?"""
        shop = self._get_shop(request, pk)
        if request.method == "POST":
            return self._decide(request, shop)
        context = {
            **self.admin_site.each_context(request),
            "title": f"The first prices of {shop.source.label}",
            "shop": shop,
            "products": list_waiting_products(shop),
            "first_pass": count_first_pass_nights(shop),
            "opts": self.opts,
        }
        return TemplateResponse(request, "admin/scraping/shop/products.html", context)

    def change_state(self, request: HttpRequest, pk: str, action: str) -> HttpResponse:
        shop = self._get_shop(request, pk)
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        change, message = STATE_CHANGES[action]
        change(shop, f"Decided by {request.user} on {timezone.now():%d %B %Y}.")
        self.message_user(request, message, messages.SUCCESS)
        return redirect("admin:scraping_shop_change", pk)

    def _decide(self, request: HttpRequest, shop: Shop) -> HttpResponse:
        if request.POST.get("decision") == "wrong":
            states.pause(shop, f"{request.user} found that its prices are read wrongly.")
            self.message_user(request, "The shop is paused. None of the products was stored.", messages.WARNING)
        else:
            confirmed = states.confirm(shop)
            message = ngettext("{} product is in the catalogue.", "{} products are in the catalogue.", confirmed)
            self.message_user(request, f"The shop is confirmed. {message.format(confirmed)}", messages.SUCCESS)
        return redirect("admin:scraping_shop_change", shop.pk)

    def _get_shop(self, request: HttpRequest, pk: str) -> Shop:
        shop = get_object_or_404(Shop.objects.select_related("source"), pk=pk)
        if not self.has_change_permission(request, shop):
            raise PermissionDenied
        return shop
