"""Describes unsupported methods, because the response of Django's views has no body."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponseNotAllowed
from django.http.response import HttpResponseBase

from core.api.problem_details import page_or_problem


class MethodNotAllowedMiddleware:
    """Replaces a 405 response without a body; those of the API's views have one."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if not isinstance(response, HttpResponseNotAllowed):
            return response
        detail = f"The method {request.method} is not supported here. Use {response['Allow']}."
        described = page_or_problem(request, response.status_code, detail)
        described["Allow"] = response["Allow"]
        return described
