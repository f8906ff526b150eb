"""What all pages have in common."""

from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.template.response import SimpleTemplateResponse
from django.utils import timezone
from rest_framework.exceptions import APIException

from core.api.problem_details import respond_to_error
from core.web.csp import PAGE_POLICY
from users.models import User
from users.time_zones import load_time_zone


class PageMixin:
    """View mixin of all pages. A page names the signed-in reader, so no shared cache may store it."""

    request: HttpRequest
    section = ""  # the entry of the navigation that is marked as current
    is_indexed = False  # whether search engines may list the page; always without its filtered and further pages

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            with timezone.override(find_time_zone(request)):
                response: HttpResponseBase = super().dispatch(request, *args, **kwargs)  # type: ignore[misc]  # of a view
                if isinstance(response, SimpleTemplateResponse):
                    response.render()  # here, in the reader's time zone
        except APIException as error:
            response = respond_to_error(request, error)
        response.headers["Content-Security-Policy"] = PAGE_POLICY
        response.headers.setdefault("Cache-Control", "private, no-cache")
        return response

    def get_context_data(self, **context: Any) -> dict[str, Any]:
        data: dict[str, Any] = super().get_context_data(**context)  # type: ignore[misc]  # of a template view
        return {"section": self.section, "canonical": self.find_canonical(data), **data}

    def find_canonical(self, context: dict[str, Any]) -> str | None:
        """The address that search engines list; None for a page with noindex."""
        if not (self.is_indexed and settings.ALLOW_SEARCH_ENGINES) or self.request.GET:
            return None
        return self.request.build_absolute_uri(self.find_address(context))

    def find_address(self, context: dict[str, Any]) -> str:
        """The path of the page with the current slug."""
        return self.request.path


def find_time_zone(request: HttpRequest) -> ZoneInfo | None:
    """The time zone of the reader; None for visitors, who see UTC."""
    return load_time_zone(request.user.time_zone) if isinstance(request.user, User) else None


def is_from_htmx(request: HttpRequest) -> bool:
    """Whether a script sent the request. It replaces a part of the page, so it needs no redirect."""
    return request.headers.get("HX-Request") == "true"
