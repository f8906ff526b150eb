"""What all pages have in common."""

from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from rest_framework.exceptions import APIException

from core.api.problem_details import respond_to_error
from core.web.csp import PAGE_POLICY


class PageMixin:
    """View mixin of all pages. A page names the signed-in reader, so no shared cache may store it."""

    section = ""  # the entry of the navigation that is marked as current

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            response: HttpResponseBase = super().dispatch(request, *args, **kwargs)  # type: ignore[misc]  # of a view
        except APIException as error:
            response = respond_to_error(request, error)
        response.headers["Content-Security-Policy"] = PAGE_POLICY
        response.headers.setdefault("Cache-Control", "private, no-cache")
        return response

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        data: dict[str, Any] = super().get_context_data(**context)  # type: ignore[misc]  # of a template view
        return {"section": self.section, **data}
