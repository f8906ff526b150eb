"""Base classes of the pages of imports. They need an account, and find only its own imports."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.views.generic import View

from users.models import ImportJob, User
from web.page import PageMixin


class ReaderMixin(PageMixin):
    """Sends readers without a session to the sign-in page, and back to the page of their import."""

    section = "library"
    kwargs: dict[str, Any]

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        has_handler = hasattr(self, (request.method or "").lower())  # other methods are 405 for everyone
        if has_handler and not request.user.is_authenticated:
            return redirect_to_login(find_page(kwargs.get("pk")))
        return super().dispatch(request, *args, **kwargs)

    @property
    def reader(self) -> User:
        assert isinstance(self.request.user, User)
        return self.request.user

    def find_job(self) -> ImportJob:
        """Raises Http404, also for imports of other readers."""
        return get_object_or_404(ImportJob, user=self.reader, pk=self.kwargs["pk"])


class JobActionView(ReaderMixin, View):
    """A form that changes an import, and returns to its page. Errors are shown there."""

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        job = self.find_job()
        try:
            self.act(job)
        except ValidationError as error:
            show_errors(request, error)
        return redirect(self.get_return_address(job))

    def act(self, job: ImportJob) -> None:
        """Raises ValidationError."""
        raise NotImplementedError

    def get_return_address(self, job: ImportJob) -> str:
        return find_page(job.pk)


def find_page(pk: int | None) -> str:
    return reverse("web:import", args=[pk]) if pk else reverse("web:imports")


def show_errors(request: HttpRequest, error: ValidationError) -> None:
    for text in error.messages:
        messages.error(request, text)
