"""Adding a result of the search to the library."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.generic import View
from rest_framework.exceptions import APIException

from core.api.problem_details import describe_error, respond_to_error
from users.library.serializers import SaveSerializer
from users.library.views import save_or_reject
from users.models import LibraryEntry, User
from web.libraries import LibraryFormMixin
from web.page import is_from_htmx
from web.search_results import PARAMETERS

MAX_DIGITS = 18  # of an id


class SaveView(LibraryFormMixin, View):
    """Adds a book. Scripts get a link in place of the button, other browsers return to the search."""

    def get_return_path(self) -> str:
        """The search with its parameters, which the form repeats."""
        sent = {name: self.request.POST[name] for name in PARAMETERS.values() if name in self.request.POST}
        return f"{reverse('web:find')}?{urlencode(sent)}"

    def post(self, request: HttpRequest) -> HttpResponse:
        try:
            entry, is_new = save(request, self.library.owner)
        except APIException as error:
            return self.reject(error)
        if is_from_htmx(request):
            return render(request, "web/saved.html", {"entry": entry, "library": self.library})
        already = "" if is_new else "already "
        messages.success(request, f"“{entry.book.title}” is {already}in {self.library.name}.")
        return redirect(self.get_return_path())

    def reject(self, error: APIException) -> HttpResponse:
        if is_from_htmx(self.request):
            return respond_to_error(self.request, error)
        messages.error(self.request, describe_error(error))
        return redirect(self.get_return_path())


def save(request: HttpRequest, owner: User | None) -> tuple[LibraryEntry, bool]:
    """Returns the entry, and whether it is new. Raises APIException."""
    identifiers: dict[str, Any] = {name: request.POST.get(name) or None for name in ("work_key", "isbn")}
    identifiers["book"] = parse_id(request.POST.get("book", ""))
    serializer = SaveSerializer(data=identifiers, context={"request": request})
    serializer.is_valid(raise_exception=True)
    return save_or_reject(owner, **serializer.validated_data)


def parse_id(text: str) -> int | str | None:
    """The API accepts ids as numbers only; forms send text. Another text is returned for the serializer to reject."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= MAX_DIGITS else text or None
