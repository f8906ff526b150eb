"""Crawls in the admin: what ran, what came of it, and a button for the next one."""

from collections.abc import Callable
from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from core.admin_mixins import NarrowList, ReadOnly
from scraping.errors import RunEnded, RunInProgress
from scraping.models import ScrapeProblem, ScrapeRun
from scraping.runs import lifecycle as runs
from scraping.sites.registry import SHOPS
from scraping.tasks import start_in_background

OUTCOMES = ("created", "updated", "unchanged", "held", "failed", "missing")


class ScrapeProblemInline(ReadOnly, admin.TabularInline[ScrapeProblem, ScrapeRun]):
    model = ScrapeProblem
    fields = ["url", "field", "message"]
    verbose_name_plural = "pages that could not be read (the last 200)"


@admin.register(ScrapeRun)
class ScrapeRunAdmin(ReadOnly, NarrowList, admin.ModelAdmin[ScrapeRun]):
    list_display = ["id", "site", "state", "progress", "outcome", "trigger", "started_at", "reason"]
    list_filter = ["state", "trigger", "site", "started_at"]
    search_fields = ["reason", "site"]
    inlines = [ScrapeProblemInline]
    readonly_fields = ["progress"]
    fieldsets = [
        (None, {"fields": [("site", "trigger", "is_full"), "state", "reason", "progress"]}),
        ("Times", {"fields": [("started_at", "heartbeat_at", "finished_at")]}),
        ("What was seen", {"fields": [("listed", "requests", "seen")]}),
        ("What became of the books", {"fields": [("created", "updated", "unchanged"), ("held", "failed", "missing")]}),
        ("Which share of the books has each field", {"fields": ["fill"], "classes": ["collapse"]}),
    ]  # fmt: skip

    @admin.display(description="progress")
    def progress(self, run: ScrapeRun) -> SafeString | str:
        if not run.listed:
            return "-"
        return format_html(
            '<progress value="{}" max="{}"></progress> {} of {} books', run.seen, run.listed, run.seen, run.listed
        )

    @admin.display(description="outcome")
    def outcome(self, run: ScrapeRun) -> str:
        if run.state in ScrapeRun.ACTIVE:
            return "-"  # it may be rejected yet
        counted = {name: getattr(run, name) for name in OUTCOMES}
        return ", ".join(f"{number} {name}" for name, number in counted.items() if number) or "-"

    def get_urls(self) -> list[URLPattern]:
        own = [
            path("start/", self.admin_site.admin_view(self.start), name="scraping_scraperun_start"),
            path("<int:pk>/cancel/", self.admin_site.admin_view(self.cancel), name="scraping_scraperun_cancel"),
        ]
        return [*own, *super().get_urls()]

    def has_start_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("scraping.add_scraperun")

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        context = {"shops": sorted(SHOPS), "may_start": self.has_start_permission(request), **self._activity(None)}
        return super().changelist_view(request, {**(extra_context or {}), **context})

    def change_view(self, request: HttpRequest, object_id: str, *args: Any, **options: Any) -> HttpResponse:
        context = {"may_start": self.has_start_permission(request), **self._activity(object_id)}
        options["extra_context"] = {**(options.get("extra_context") or {}), **context}
        return super().change_view(request, object_id, *args, **options)

    def start(self, request: HttpRequest) -> HttpResponse:
        """Queues a crawl of the shop that the button names."""

        def begin() -> HttpResponse:
            site = request.POST.get("site", "")
            if site not in SHOPS:
                self.message_user(request, f"There is no shop {site!r}.", messages.ERROR)
                return redirect("admin:scraping_scraperun_changelist")
            run = start_in_background(
                site=site, trigger=ScrapeRun.Trigger.ADMIN, is_full=request.POST.get("full") == "on"
            )
            self.message_user(request, "The crawl is queued: a worker takes it up within seconds.", messages.SUCCESS)
            return redirect(_page_of(run.pk))

        return self._write(request, begin)

    def cancel(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Ends a run."""

        def end() -> HttpResponse:
            run = get_object_or_404(ScrapeRun, pk=pk)
            runs.cancel(run)
            run.refresh_from_db()
            ending = "It was cancelled." if run.finished_at else "It ends between two pages; what it has read is kept."
            self.message_user(request, ending)
            return redirect(_page_of(pk))

        return self._write(request, end)

    def _write(self, request: HttpRequest, act: Callable[[], HttpResponse]) -> HttpResponse:
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        if not self.has_start_permission(request):
            raise PermissionDenied
        try:
            return act()
        except (RunInProgress, RunEnded) as error:
            self.message_user(request, str(error), messages.ERROR)
            return redirect("admin:scraping_scraperun_changelist")

    def _activity(self, object_id: str | None) -> dict[str, bool]:
        """Whether a run is on that the page shows: it then shows itself anew every few seconds."""
        active: QuerySet[ScrapeRun] = ScrapeRun.objects.filter(state__in=ScrapeRun.ACTIVE)
        if object_id is not None:
            active = active.filter(pk=object_id) if object_id.isdecimal() else active.none()
        return {"is_active": active.exists()}


def _page_of(pk: int) -> str:
    return reverse("admin:scraping_scraperun_change", args=[pk])
