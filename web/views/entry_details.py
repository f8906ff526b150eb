"""The review and the details of a library entry, on the page of the book."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from users.library.details import change_seen_fields
from users.library.entries import EntryChanged
from users.models import LibraryEntry
from web.entry_forms import DetailsForm, ReviewForm, SeenValuesForm
from web.entry_panel import describe_details
from web.page import is_from_htmx
from web.views.entry import EntryView


class SeenValuesView(EntryView):
    """Saves a form. If its fields were changed since, both versions are shown and nothing is overwritten."""

    form_class: type[SeenValuesForm]
    name: str  # of the form in templates
    title: str
    saved: str

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        form = self.form_class(request.POST, auto_id="entry-%s")
        try:
            return self.save(request, self.find_entry(), form)
        except Http404:
            return self.show_removal(part=self.name, title=self.title, text=self.list_sent(form))

    def save(self, request: HttpRequest, entry: LibraryEntry, form: SeenValuesForm) -> HttpResponse:
        """Raises Http404 if the entry was removed in the meantime."""
        if not form.is_valid():
            return self.show(entry, form, status=422)
        try:
            seen, changes = form.cleaned_data["seen"], form.changes()
            entry = change_seen_fields(owner=self.library.owner, pk=entry.pk, seen=seen, changes=changes)
        except ValidationError as error:
            form.add_error(None, error)
            return self.show(entry, form, status=422)
        except EntryChanged as error:
            # The reader's text stays in the form, with the current version, so that saving again is a decision.
            return self.show(error.entry, form.with_seen(error.entry), status=412, current=self.describe(error.entry))
        if not is_from_htmx(request):
            messages.success(request, self.saved)
            return self.back_to(entry.book)
        return self.show(entry, self.form_class.of(entry), is_saved=True)

    def list_sent(self, form: SeenValuesForm) -> str:
        """The text that the reader has entered, to be copied."""
        raise NotImplementedError

    def describe(self, entry: LibraryEntry) -> list[tuple[str, str]]:
        """The stored values, by label."""
        form = self.form_class.of(entry)
        return [(str(field.label), display_value(field)) for field in form.visible_fields()]

    def show(self, entry: LibraryEntry, form: SeenValuesForm, *, status: int = 200, **context: Any) -> HttpResponse:
        is_part = is_from_htmx(self.request)
        template = f"web/entry_{self.name}.html"
        context |= {
            **describe_details(entry, self.library.owner),
            "entry": entry,
            "book": entry.book,
            "library": self.library,
            f"{self.name}_form": form,
            "part": template,
            "title": self.title,
            "is_part": is_part,
        }
        # htmx shows only responses that succeeded.
        status = 200 if is_part else status
        return render(self.request, template if is_part else "web/entry_part_page.html", context, status=status)


class ReviewView(SeenValuesView):
    form_class = ReviewForm
    name = "review"
    title = "Review"
    saved = "The review is saved."

    def list_sent(self, form: SeenValuesForm) -> str:
        return str(form.data.get("review", ""))


class DetailsView(SeenValuesView):
    form_class = DetailsForm
    name = "details"
    title = "Details"
    saved = "The details are saved."

    def list_sent(self, form: SeenValuesForm) -> str:
        return "\n".join(f"{field.label}: {display_value(field)}" for field in form.visible_fields() if field.value())


def display_value(field: Any) -> str:
    """The value of a form's field in words."""
    value = field.value()
    if isinstance(value, bool):
        return "yes" if value else "no"
    choices = dict(getattr(field.field, "choices", ()))
    return str(choices.get(value, "(none)" if value in (None, "") else value))
