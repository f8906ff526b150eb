"""Notes, readings and the edition of a library entry, on the page of the book."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.generic import View

from books.models import Book
from users.library.entries import (
    EntryChanged,
    ReadingChanged,
    add_reading,
    change_notes,
    change_reading,
    digest_reading,
    move_entry,
    remove_reading,
)
from users.library.visibility import visible_books
from users.models import LibraryEntry, Reading
from web.entry_forms import ReadingForm
from web.forms import NotesForm
from web.libraries import LibraryFormMixin
from web.page import PageMixin, is_from_htmx
from web.templatetags.web import book_url
from web.views.book import find_related

CHANGED_READING = "The reading was changed after you opened the page. It is not deleted. Check it, and delete it again."
DELETED_READING = "The reading was deleted before."


class EntryView(PageMixin, LibraryFormMixin, View):
    """A form on the page of a book that is in the library."""

    def get_return_path(self) -> str:
        return reverse("web:book", args=[self.kwargs["pk"]])

    def find_entry(self) -> LibraryEntry:
        """Raises Http404."""
        entries: QuerySet[LibraryEntry] = LibraryEntry.objects.owned_by(self.library.owner).select_related("book")
        return get_object_or_404(entries, book=self.kwargs["pk"])

    def show_removal(self, *, part: str, title: str, text: str) -> HttpResponse:
        """Shows the text that cannot be saved, because the entry was removed in the meantime.

        Raises Http404 without a text. The response does not reveal books that the reader cannot see.
        """
        if not text.strip():
            raise Http404
        book = visible_books(self.request.user).listed().filter(pk=self.kwargs["pk"]).first()
        context = {"book": book, "library": self.library, "part": part, "title": title, "text": text}
        if is_from_htmx(self.request):  # htmx shows only responses that succeeded
            return render(self.request, "web/entry_removed.html", context)
        return render(self.request, "web/entry_removed_page.html", context, status=404)

    def back_to(self, book: Book) -> HttpResponse:
        return redirect(f"{book_url(book)}{self.library.page_query}#reading")


class NotesView(EntryView):
    """Saves the notes. If another person changed the entry since, both versions are shown, nothing is overwritten."""

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        form = NotesForm(request.POST)
        try:
            return self.save(request, self.find_entry(), form)
        except Http404:
            return self.show_removal(part="notes", title="Notes", text=request.POST.get("notes", ""))

    def save(self, request: HttpRequest, entry: LibraryEntry, form: NotesForm) -> HttpResponse:
        """Raises Http404 if the entry was removed in the meantime."""
        if not form.is_valid():
            return self.show(entry, form, status=422)
        try:
            entry = change_notes(owner=self.library.owner, pk=entry.pk, **form.cleaned_data)
        except EntryChanged as error:
            return self.show_conflict(error.entry, form)
        if not is_from_htmx(request):
            messages.success(request, "The notes are saved.")
            return self.back_to(entry.book)
        return self.show(entry, NotesForm.of(entry), is_saved=True)

    def show_conflict(self, current: LibraryEntry, form: NotesForm) -> HttpResponse:
        """The reader's text stays in the form, with the current version, so that saving again is a decision."""
        mine = NotesForm.of(current, notes=form.cleaned_data["notes"])
        return self.show(current, mine, status=412, current=current)

    def show(self, entry: LibraryEntry, form: NotesForm, *, status: int = 200, **context: Any) -> HttpResponse:
        is_part = is_from_htmx(self.request)
        template = "web/notes.html" if is_part else "web/notes_page.html"
        # htmx shows only responses that succeeded.
        status = 200 if is_part else status
        context |= {"book": entry.book, "library": self.library, "notes_form": form, "version": entry.version}
        return render(self.request, template, context, status=status)


class ReadingView(EntryView):
    """Adds a reading, or changes the one in the address. If it was changed since, both versions are shown."""

    def post(self, request: HttpRequest, pk: int, reading: int | None = None) -> HttpResponse:
        entry, form = self.find_entry(), ReadingForm(request.POST)
        if not form.is_valid():
            return self.show(entry, form, number=reading, status=422)
        try:
            self.save(entry, form, reading)
        except ReadingChanged as error:
            return self.show_conflict(entry, error.reading)
        messages.success(request, "The reading is saved.")
        return self.back_to(entry.book)

    def save(self, entry: LibraryEntry, form: ReadingForm, reading: int | None) -> None:
        """Raises ReadingChanged."""
        if reading is None:
            add_reading(owner=self.library.owner, entry=entry.pk, reading=Reading(**form.values))
            return
        seen = form.cleaned_data["seen"] or None
        change_reading(owner=self.library.owner, entry=entry.pk, pk=reading, seen=seen, values=form.values)

    def show_conflict(self, entry: LibraryEntry, current: Reading | None) -> HttpResponse:
        """The reader's values stay in the form, with the current version, so that saving again is a decision."""
        data = {**self.request.POST.dict(), "seen": digest_reading(current) if current else ""}
        number = current.pk if current else None
        return self.show(entry, ReadingForm(data), number=number, status=412, current=current, is_deleted=not current)

    def show(self, entry: LibraryEntry, form: ReadingForm, *, status: int, **context: Any) -> HttpResponse:
        context |= {"book": entry.book, "library": self.library, "form": form}
        return render(self.request, "web/reading_page.html", context, status=status)


class ReadingRemovalView(EntryView):
    """Deletes a reading, unless it was changed since the reader has seen it."""

    def post(self, request: HttpRequest, pk: int, reading: int) -> HttpResponse:
        entry, seen = self.find_entry(), request.POST.get("seen") or None
        try:
            remove_reading(owner=self.library.owner, entry=entry.pk, pk=reading, seen=seen)
        except ReadingChanged as error:
            messages.error(request, CHANGED_READING if error.reading else DELETED_READING)
        else:
            messages.success(request, "The reading is deleted.")
        return self.back_to(entry.book)


class EditionView(EntryView):
    """Changes the entry to another row of the same work."""

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        entry, number = self.find_entry(), request.POST.get("book", "")
        related = find_related(entry.book)
        if related is None:
            raise Http404
        book = get_object_or_404(related, pk=number if number.isdecimal() and len(number) < 19 else 0)
        try:
            move_entry(owner=self.library.owner, pk=entry.pk, book=book)
        except ValidationError as error:
            messages.error(request, error.messages[0])
            return self.back_to(entry.book)
        messages.success(request, "The entry belongs to this edition now, with its status, rating, notes and readings.")
        return self.back_to(book)
