"""Crawls in the admin: what ran, what came of it."""

from django.contrib import admin

from books.admin import ReadOnly
from scraping.models import ScrapeRun


@admin.register(ScrapeRun)
class ScrapeRunAdmin(ReadOnly, admin.ModelAdmin[ScrapeRun]):
    list_display = [
        "id", "site", "state", "trigger", "started_at", "finished_at", "seen", "created", "updated", "unchanged",
        "failed", "requests", "reason",
    ]  # fmt: skip
    list_filter = ["state", "trigger", "site", "started_at"]
    search_fields = ["reason", "site"]
