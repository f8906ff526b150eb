"""Changes of several entries of a library, and their undo."""

import re

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.generic import View

from books.facets.links import change_query
from core.text import fold_to_key
from users.library import bulk
from users.models import LibraryEntry
from users.models.tag import MAX_TAG
from web.views.library import ADD_TAG, REMOVE, REMOVE_TAG, UNDO, LibraryMixin, LibraryPages

Status = LibraryEntry.Status
TAG_ACTIONS = {ADD_TAG, REMOVE_TAG}
VERSION = re.compile(r"([0-9]{1,18})-([0-9]{1,9})")  # an entry's id and the version that the page showed


class LibraryChangeView(LibraryMixin, View):
    """Changes the status or a tag of the selected entries, or removes them.

    Entries that were changed since are shown first.
    """

    def post(self, request: HttpRequest) -> HttpResponse:
        action, versions = request.POST.get("action", ""), parse_versions(request.POST.getlist("entry"))
        self.tag = " ".join(request.POST.get("tag", "").split())
        problem = describe_tag_problem(self.tag) if action in TAG_ACTIONS else ""
        if action not in {REMOVE, *TAG_ACTIONS, *Status.values}:
            messages.error(request, "Choose what to do with the selected books.")
        elif problem:
            messages.error(request, problem)
        elif not versions:
            messages.error(request, "Select one or more books first.")
        else:
            return self._change(request, action, versions)
        return redirect_to_library(request)

    def _change(self, request: HttpRequest, action: str, versions: dict[int, int]) -> HttpResponse:
        result = self._apply(action, versions)
        request.session.pop(UNDO, None)
        if result.undo:
            request.session[UNDO] = {"shared": self.library.is_shared, "entries": result.undo}
            messages.success(request, describe_change(action, len(result.undo), self.tag))
        if result.conflicts:
            return self._show_conflicts(request, action, result.conflicts)
        return redirect_to_library(request)

    def _apply(self, action: str, versions: dict[int, int]) -> bulk.BulkResult:
        owner = self.library.owner
        if action == REMOVE:
            return bulk.remove_entries(owner=owner, versions=versions)
        if action == ADD_TAG:
            return bulk.change_tags(owner=owner, versions=versions, add=[self.tag])
        if action == REMOVE_TAG:
            return bulk.change_tags(owner=owner, versions=versions, remove=[self.tag])
        return bulk.change_statuses(owner=owner, versions=versions, status=action)

    def _show_conflicts(self, request: HttpRequest, action: str, conflicts: list[LibraryEntry]) -> HttpResponse:
        context = {
            "section": self.section,
            "conflicts": conflicts,
            "action": action,
            "wanted": describe_wanted(action, self.tag),
            "tag": self.tag,
            "is_shared": self.library.is_shared,
            "return_query": request.POST.get("query", ""),
        }
        return render(request, "web/library_conflict.html", context, status=412)


class LibraryUndoView(LibraryMixin, View):
    """Takes back the last change of several entries in this session."""

    def post(self, request: HttpRequest) -> HttpResponse:
        change = request.session.pop(UNDO, None)
        if change is None or change["shared"] != self.library.is_shared:
            messages.error(request, "There is no change to undo.")
            return redirect_to_library(request)
        restored, kept = bulk.undo(owner=self.library.owner, snapshots=change["entries"]), len(change["entries"])
        messages.success(request, f"Undone for {count_books(restored)}.")
        if restored < kept:
            messages.error(request, f"{count_books(kept - restored)} changed in the meantime and stayed as they are.")
        return redirect_to_library(request)


def parse_versions(values: list[str]) -> dict[int, int]:
    """Versions by entry id, from values such as `12-3`. Other values are ignored."""
    matches = filter(None, map(VERSION.fullmatch, values[: LibraryPages.page_size]))
    return {int(match[1]): int(match[2]) for match in matches}


def describe_tag_problem(tag: str) -> str:
    if not tag:
        return "Enter the tag to add or to remove."
    if len(tag) > MAX_TAG or not fold_to_key(tag):
        return f"“{tag[:20]}” is no tag. Enter a name of at most {MAX_TAG} characters."
    return ""


def describe_wanted(action: str, tag: str) -> str:
    texts = {REMOVE: "Removed", ADD_TAG: f"Tag “{tag}” added", REMOVE_TAG: f"Tag “{tag}” removed"}
    return texts.get(action) or str(Status(action).label)


def describe_change(action: str, number: int, tag: str) -> str:
    if action == ADD_TAG:
        return f"Tag “{tag}” added to {count_books(number)}."
    if action == REMOVE_TAG:
        return f"Tag “{tag}” removed from {count_books(number)}."
    if action == REMOVE:
        return f"{count_books(number)} removed from the library."
    return f"{count_books(number)} set to “{Status(action).label}”."


def count_books(number: int) -> str:
    return "1 book" if number == 1 else f"{number} books"


def redirect_to_library(request: HttpRequest) -> HttpResponse:
    """The list as it was: `query` is its query string."""
    query = change_query(QueryDict(request.POST.get("query", "")[:2_000]), remove=())
    return redirect(f"{reverse('web:library')}?{query}".rstrip("?"))
