"""`/`: the home page for browsers, and the liveness check for programs."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.views.generic import TemplateView

from books.book_rows import BookRow
from books.models import Book
from core.api.health import LivenessView
from core.api.problem_details import prefers_page
from core.pagination.page_number import count_up_to
from scraping.models import ScrapeRun
from users.models import LibraryEntry, User
from web.cards import load_cards
from web.first_crawl import FirstCrawl, find_first_crawl
from web.page import PageMixin

NEWEST = 12  # books
ON_SHELF = 6  # books of each status
MAX_COUNTED = 10_000
PAUSED = LibraryEntry.Status.PAUSED  # a status that few readers use


class FrontPageView(LivenessView):
    """Programs get `{"status": "ok"}` without a query to the database, browsers the home page."""

    page_needs_database = True

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Chooses before the API's view authenticates, because that one ignores sessions."""
        if request.method in {"GET", "HEAD"} and prefers_page(request):
            return HomeView.as_view()(request)
        return super().dispatch(request, *args, **kwargs)


class HomeView(PageMixin, TemplateView):
    is_indexed = True
    template_name = "web/home.html"

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        if isinstance(self.request.user, User):
            context |= describe_library(self.request.user)
        context |= {**describe_catalogue(), "newest": load_newest(), "crawl": find_first_crawl()}
        return super().get_context_data(is_front_page=True, may_start=may_start_crawl(self.request), **context)


class CrawlProgressView(PageMixin, TemplateView):
    """The part of the home page about the first crawl, which refreshes itself until the crawl has ended.

    `?announced=` is the percentage that was announced last.
    """

    template_name = "web/crawl.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        return super().get(request, *args, **kwargs) if request.headers.get("HX-Request") else redirect("alive")

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        crawl = find_first_crawl()
        text = describe_progress(crawl, self.request.GET.get("announced", ""))
        context |= {**describe_catalogue(), "crawl": crawl, "announcement": text}
        return super().get_context_data(may_start=may_start_crawl(self.request), **context)


def describe_progress(crawl: FirstCrawl | None, announced: str) -> str:
    """The text for screen readers; empty if there is no news since the percentage `announced`."""
    if crawl is None:
        return "The catalogue is filled."
    if not crawl.is_active:
        return "The crawl did not finish."
    return "" if announced == str(crawl.announced) else f"{crawl.announced} per cent of the books are read."


def may_start_crawl(request: HttpRequest) -> bool:
    return request.user.is_staff and request.user.has_perm("scraping.add_scraperun")


def describe_catalogue() -> dict[str, Any]:
    count = count_up_to(Book.objects.published(), MAX_COUNTED + 1)
    last_crawl = ScrapeRun.objects.filter(state=ScrapeRun.State.SUCCEEDED).order_by("-pk").first()
    return {
        "catalogue_count": count,
        "catalogue_size": f"{count:,}" if count <= MAX_COUNTED else f"more than {MAX_COUNTED:,}",
        "checked_at": last_crawl.finished_at if last_crawl else None,
    }


def load_newest() -> list[BookRow]:
    newest = Book.objects.published().order_by("-created_at", "-pk")
    return load_cards(list(newest.values_list("pk", flat=True)[:NEWEST]))


def describe_library(user: User) -> dict[str, Any]:
    entries = LibraryEntry.objects.owned_by(user)
    counts = entries.count_by_status()
    labels = dict(LibraryEntry.Status.choices)
    return {
        "counts": [(labels[status].lower(), number) for status, number in counts.items() if number or status != PAUSED],
        "reading": load_shelf(entries, LibraryEntry.Status.READING),
        "wanted": load_shelf(entries, LibraryEntry.Status.WANT_TO_READ),
    }


def load_shelf(entries: Any, status: str) -> list[BookRow]:
    """The books of the entries with this status that were changed last."""
    latest = entries.filter(status=status).order_by("-updated_at", "-pk")
    return load_cards(list(latest.values_list("book", flat=True)[:ON_SHELF]))
