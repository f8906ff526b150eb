"""Changes of several entries of a library, and their undo."""

import re

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.template.defaultfilters import pluralize
from django.urls import reverse
from django.views.generic import View

from books.facets.links import change_query
from users.library import bulk
from users.library.details import describe_uncomparable, parse_tag_names, quote_tag_name
from users.models import LibraryEntry
from users.models.tag import MAX_TAGS
from web.entry_forms import MAX_TAG_TEXT
from web.views.library import ADD_TAG, REMOVE, REMOVE_TAG, UNDO, LibraryMixin, LibraryPages

Status = LibraryEntry.Status
TAG_ACTIONS = {ADD_TAG, REMOVE_TAG}
MAX_TITLES = 3  # in a message
VERSION = re.compile(r"([0-9]{1,18})-([0-9]{1,9})")  # an entry's id and the version that the page showed


class LibraryChangeView(LibraryMixin, View):
    """Changes the status or a tag of the selected entries, or removes them.

    Entries that were changed since are shown first.
    """

    def post(self, request: HttpRequest) -> HttpResponse:
        action, versions = request.POST.get("action", ""), parse_versions(request.POST.getlist("entry"))
        self.tags, problem = read_tags(request.POST.get("tag", "")) if action in TAG_ACTIONS else ([], "")
        if action not in {REMOVE, *TAG_ACTIONS, *Status.values}:
            messages.error(request, "Nothing was changed. Choose what to do with the selected books first.")
        elif problem:
            messages.error(request, problem)
        elif not versions:
            messages.error(request, "Nothing was changed. Select one or more books first.")
        else:
            return self._change(request, action, versions)
        return redirect_to_library(request)

    def _change(self, request: HttpRequest, action: str, versions: dict[int, int]) -> HttpResponse:
        result = self._apply(action, versions)
        request.session.pop(UNDO, None)
        if result.undo:
            request.session[UNDO] = {"shared": self.library.is_shared, "entries": result.undo}
            messages.success(request, describe_change(action, len(result.undo), self.tags))
        if result.full:
            messages.error(request, describe_full(result.full))
        if result.conflicts:
            return self._show_conflicts(request, action, result.conflicts)
        return redirect_to_library(request)

    def _apply(self, action: str, versions: dict[int, int]) -> bulk.BulkResult:
        owner = self.library.owner
        if action == REMOVE:
            return bulk.remove_entries(owner=owner, versions=versions)
        if action == ADD_TAG:
            return bulk.change_tags(owner=owner, versions=versions, add=self.tags)
        if action == REMOVE_TAG:
            return bulk.change_tags(owner=owner, versions=versions, remove=self.tags)
        return bulk.change_statuses(owner=owner, versions=versions, status=action)

    def _show_conflicts(self, request: HttpRequest, action: str, conflicts: list[LibraryEntry]) -> HttpResponse:
        context = {
            "section": self.section,
            "conflicts": conflicts,
            "action": action,
            "wanted": describe_wanted(action, self.tags),
            "tag": ", ".join(map(quote_tag_name, self.tags)),
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
    matches = filter(None, map(VERSION.fullmatch, values[: LibraryPages.max_entries]))
    return {int(match[1]): int(match[2]) for match in matches}


def read_tags(text: str) -> tuple[list[str], str]:
    """The tags in a text, and the problem if there is one."""
    if len(text) > MAX_TAG_TEXT:
        return [], f"Nothing was changed. The tags are longer than {MAX_TAG_TEXT:,} characters."
    try:
        tags = parse_tag_names(text)
    except ValueError as error:
        return [], str(error)
    if problem := describe_uncomparable(tags):
        return [], problem
    if len(tags) > MAX_TAGS:
        return [], f"Nothing was changed. Enter at most {MAX_TAGS} tags at a time."
    return tags, "" if tags else "Enter the tags to add or to remove, separated by commas."


def name_tags(tags: list[str]) -> str:
    return f"Tag{pluralize(len(tags))} {', '.join(f'“{tag}”' for tag in tags)}"


def describe_wanted(action: str, tags: list[str]) -> str:
    texts = {REMOVE: "Removed", ADD_TAG: f"{name_tags(tags)} added", REMOVE_TAG: f"{name_tags(tags)} removed"}
    return texts.get(action) or str(Status(action).label)


def describe_change(action: str, number: int, tags: list[str]) -> str:
    if action == ADD_TAG:
        return f"{name_tags(tags)} added to {count_books(number)}."
    if action == REMOVE_TAG:
        return f"{name_tags(tags)} removed from {count_books(number)}."
    if action == REMOVE:
        return f"{count_books(number)} removed from the library."
    return f"{count_books(number)} set to “{Status(action).label}”."


def describe_full(entries: list[LibraryEntry]) -> str:
    titles = ", ".join(f"“{entry.book.title}”" for entry in entries[:MAX_TITLES])
    others = f" and {len(entries) - MAX_TITLES} others" if len(entries) > MAX_TITLES else ""
    return f"No tags were added to {titles}{others}: a book can have {MAX_TAGS} tags. Remove some of them first."


def count_books(number: int) -> str:
    return "1 book" if number == 1 else f"{number} books"


def redirect_to_library(request: HttpRequest) -> HttpResponse:
    """The list as it was: `query` is its query string."""
    query = change_query(QueryDict(request.POST.get("query", "")[:2_000]), remove=())
    return redirect(f"{reverse('web:library')}?{query}".rstrip("?"))
