"""Scrape runs in the admin, with buttons that start and cancel them."""

from collections.abc import Callable
from functools import partial
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path
from django.utils.html import format_html
from django.utils.safestring import SafeString

from core.admin_mixins import ReadOnlyMixin, RestrictedFilterMixin
from scraping.errors import RunEnded, RunInProgress, UnknownSite
from scraping.models import ScrapeProblem, ScrapeRun
from scraping.runs import lifecycle as runs
from scraping.sites.registry import list_sites
from scraping.tasks import start_in_background

OUTCOMES = ("created", "updated", "unchanged", "held", "failed", "missing")


class ScrapeProblemInline(ReadOnlyMixin, admin.TabularInline[ScrapeProblem, ScrapeRun]):
    model = ScrapeProblem
    fields = ["url", "field", "message"]
    verbose_name_plural = "pages that could not be read (the last 200)"


@admin.register(ScrapeRun)
class ScrapeRunAdmin(ReadOnlyMixin, RestrictedFilterMixin, admin.ModelAdmin[ScrapeRun]):
    list_display = ["id", "state", "reason", "outcome", "progress", "started_at", "site", "trigger"]
    list_filter = ["state", "site", "trigger", "started_at"]
    search_fields = ["reason", "site"]
    inlines = [ScrapeProblemInline]
    readonly_fields = ["progress", "extent"]
    fieldsets = [
        (None, {"fields": [("site", "trigger", "extent"), "state", "reason", "progress"]}),
        ("Times", {"fields": [("started_at", "heartbeat_at", "finished_at")]}),
        ("Pages", {"fields": [("listed", "requests", "seen")]}),
        ("Books by outcome", {"fields": [("created", "updated", "unchanged"), ("held", "failed", "missing")]}),
        ("Share of the books with a value, by field", {"fields": ["fill"], "classes": ["collapse"]}),
    ]  # fmt: skip

    @admin.display(description="progress")
    def progress(self, run: ScrapeRun) -> SafeString | str:
        if not run.listed:
            return "-"
        return format_html(
            '<progress value="{}" max="{}"></progress> {} of {} books', run.seen, run.listed, run.seen, run.listed
        )

    @admin.display(description="pages to fetch")
    def extent(self, run: ScrapeRun) -> str:
        return "Every page" if run.is_full else "Only pages that are new, changed or due"

    @admin.display(description="outcome")
    def outcome(self, run: ScrapeRun) -> str:
        if run.state in ScrapeRun.ACTIVE:
            return "-"  # not final: the run may still be rejected
        counts = {name: getattr(run, name) for name in OUTCOMES}
        return ", ".join(f"{number} {name}" for name, number in counts.items() if number) or "-"

    def get_urls(self) -> list[URLPattern]:
        own = [
            path("start/", self.admin_site.admin_view(self.start), name="scraping_scraperun_start"),
            path("<int:pk>/cancel/", self.admin_site.admin_view(self.cancel), name="scraping_scraperun_cancel"),
        ]
        return [*own, *super().get_urls()]

    def has_start_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("scraping.add_scraperun")

    def has_cancel_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("scraping.change_scraperun")

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        context = {
            "shops": list_sites(),
            "may_start": self.has_start_permission(request),
            **self._activity(None),
        }
        return super().changelist_view(request, {**(extra_context or {}), **context})

    def change_view(self, request: HttpRequest, object_id: str, *args: Any, **options: Any) -> HttpResponse:
        context = {"may_cancel": self.has_cancel_permission(request), **self._activity(object_id)}
        options["extra_context"] = {**(options.get("extra_context") or {}), **context}
        return super().change_view(request, object_id, *args, **options)

    def start(self, request: HttpRequest) -> HttpResponse:
        return self._handle_button(request, self._queue_run, is_allowed=self.has_start_permission(request))

    def cancel(self, request: HttpRequest, pk: int) -> HttpResponse:
        is_allowed = self.has_cancel_permission(request)
        return self._handle_button(request, partial(self._cancel_run, pk=pk), is_allowed=is_allowed)

    def _handle_button(
        self, request: HttpRequest, act: Callable[[HttpRequest], ScrapeRun], *, is_allowed: bool
    ) -> HttpResponse:
        """Calls `act` and redirects to the page of its run, or to the list with the error message."""
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        if not is_allowed:
            raise PermissionDenied
        target: tuple[Any, ...] = ("admin:scraping_scraperun_changelist",)
        try:
            target = ("admin:scraping_scraperun_change", act(request).pk)
        except (UnknownSite, RunInProgress, RunEnded) as error:
            self.message_user(request, str(error), messages.ERROR)
        return redirect(*target if self.has_view_permission(request) else ("admin:index",))

    def _queue_run(self, request: HttpRequest) -> ScrapeRun:
        site, is_full = request.POST.get("site", ""), request.POST.get("full") == "on"
        run = start_in_background(site=site, trigger=ScrapeRun.Trigger.ADMIN, is_full=is_full)
        self.message_user(request, "The crawl is queued. A worker starts it within seconds.", messages.SUCCESS)
        return run

    def _cancel_run(self, request: HttpRequest, pk: int) -> ScrapeRun:
        run = get_object_or_404(ScrapeRun, pk=pk)
        runs.cancel(run)
        run.refresh_from_db()
        stopping = "The crawl stops after the current page. The pages already read are stored."
        self.message_user(request, "The crawl was cancelled." if run.finished_at else stopping)
        return run

    def _activity(self, object_id: str | None) -> dict[str, bool]:
        """Whether the page shows an active run. If so, the template reloads it every three seconds."""
        active: QuerySet[ScrapeRun] = ScrapeRun.objects.filter(state__in=ScrapeRun.ACTIVE)
        if object_id is not None:
            active = active.filter(pk=object_id) if object_id.isdecimal() else active.none()
        return {"is_active": active.exists()}
