"""Pages of scrape runs for staff: the list with a start button, and a run with its live progress and problems."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.mixins import AccessMixin
from django.db.models import F, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.views.generic import DetailView, ListView, View

from books.models import Book, Source
from books.staff_events import AFTER_FAILURE, AFTER_REJECTION, UNCHANGED
from scraping.errors import RunEnded, RunInProgress, UnknownSite
from scraping.models import ScrapeRun
from scraping.runs import lifecycle
from scraping.sites.registry import list_sites
from scraping.tasks import start_in_background
from web.page import PageMixin

VIEW, ADD, CHANGE = (f"scraping.{action}_scraperun" for action in ("view", "add", "change"))
MAX_PROBLEMS = 200  # of a run that are shown, as in the API and the admin
RUNS_ON_A_PAGE = 24
ADVICE: dict[str, str] = {ScrapeRun.State.FAILED: AFTER_FAILURE, ScrapeRun.State.REJECTED: AFTER_REJECTION}


class StaffMixin(PageMixin, AccessMixin):
    """Requires staff with `permission`. Other members get 403; readers without a session sign in first."""

    permission = VIEW
    section = "runs"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        self.raise_exception = request.user.is_authenticated
        has_handler = hasattr(self, (request.method or "").lower())
        if has_handler and not (request.user.is_staff and request.user.has_perm(self.permission)):
            return self.handle_no_permission()
        return super().dispatch(request, *args, **kwargs)


def find_runs() -> QuerySet[ScrapeRun]:
    """With the label of the shop, such as "Books to Scrape", or its name if it has no source yet."""
    labels = Source.objects.filter(name=OuterRef("site")).values("label")
    return ScrapeRun.objects.annotate(shop=Coalesce(Subquery(labels), F("site")))


class RunListView(StaffMixin, ListView[ScrapeRun]):
    """All runs, newest first. `?page=` is a number, or `last`."""

    template_name = "web/runs.html"
    context_object_name = "runs"
    paginate_by = RUNS_ON_A_PAGE

    def get_queryset(self) -> QuerySet[ScrapeRun]:
        return find_runs()

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        may_start = self.request.user.has_perm(ADD)
        return super().get_context_data(may_start=may_start, shops=list_shops() if may_start else [], **context)


def list_shops() -> list[tuple[str, str]]:
    """The name and the label of each shop that can be crawled."""
    labels = dict(Source.objects.values_list("name", "label"))
    return [(name, labels.get(name, name)) for name in list_sites()]


class RunView(StaffMixin, DetailView[ScrapeRun]):
    """A run. For htmx only the part that changes while it is active."""

    context_object_name = "run"

    def get_queryset(self) -> QuerySet[ScrapeRun]:
        return find_runs()

    def get_template_names(self) -> list[str]:
        return ["web/run_state.html" if self.request.headers.get("HX-Request") else "web/run.html"]

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        run = self.object
        problems: QuerySet[Any] = run.problems.order_by("-pk")[:MAX_PROBLEMS]
        context |= {
            "is_active": run.state in ScrapeRun.ACTIVE,
            "may_cancel": self.request.user.has_perm(CHANGE),
            "problems": problems,
            "changes": with_books(run),
            "advice": advise(run),
        }
        return super().get_context_data(**context)


def advise(run: ScrapeRun) -> str:
    """What staff can do about a run that was rejected or failed; empty for others."""
    advice = ADVICE.get(run.state, "")
    has_changed = run.created or run.updated or run.held
    return f"{UNCHANGED} {advice}" if advice and not has_changed else advice


def with_books(run: ScrapeRun) -> list[tuple[dict[str, Any], int | None]]:
    """The largest price changes of the run, with the ids of their books in the catalogue."""
    keys = [change["source_key"] for change in run.largest_changes]
    books = dict(Book.objects.filter(source=run.site, source_key__in=keys).values_list("source_key", "pk"))
    return [(change, books.get(change["source_key"])) for change in run.largest_changes]


class RunStartView(StaffMixin, View):
    permission = ADD

    def post(self, request: HttpRequest) -> HttpResponse:
        site, is_full = request.POST.get("site", ""), request.POST.get("full") == "on"
        try:
            run = start_in_background(site=site, trigger=ScrapeRun.Trigger.ADMIN, is_full=is_full)
        except (UnknownSite, RunInProgress) as error:
            messages.error(request, str(error))
            return redirect("web:runs")
        messages.success(request, "The crawl is queued. A worker starts it within seconds.")
        return redirect("web:run", run.pk)


class RunCancelView(StaffMixin, View):
    """Cancels a queued run at once; a running one stops after the current page."""

    permission = CHANGE

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        run = get_object_or_404(ScrapeRun, pk=pk)
        try:
            lifecycle.cancel(run)
        except RunEnded as error:
            messages.error(request, str(error))
        return redirect("web:run", pk)
