"""Pages of a list: `?page=` from 1, `?limit=` 1 to 100."""

from typing import Any

from django.core.paginator import Paginator
from rest_framework.pagination import PageNumberPagination
from rest_framework.request import Request

from config.errors import InvalidParameters

MAX_PAGE = 10**12  # more than any list has


class Pages(PageNumberPagination):
    """Page-number pages that refuse a wrong number instead of quietly using another one.

    A page past the end is 404; page 1 of an empty list is an empty page.
    """

    page_size = 10
    max_page_size = 100
    page_size_query_param = "limit"
    page_query_description = "Which page, from 1."
    page_size_query_description = "How many results a page has, 1 to 100."

    def get_page_number(self, request: Request, paginator: Paginator[Any]) -> int:
        return whole_number(request, self.page_query_param, default=1, maximum=MAX_PAGE)

    def get_page_size(self, request: Request) -> int:
        return whole_number(request, "limit", default=self.page_size, maximum=self.max_page_size)

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        parameters: list[dict[str, Any]] = super().get_schema_operation_parameters(view)
        bounds = {
            "page": {"minimum": 1, "maximum": MAX_PAGE, "default": 1},
            "limit": {"minimum": 1, "maximum": 100, "default": 10},
        }
        for parameter in parameters:
            parameter["schema"].update(bounds[parameter["name"]])
        return parameters


def whole_number(request: Request, name: str, *, default: int, maximum: int) -> int:
    """A query parameter's value; raises InvalidParameters."""
    value = request.query_params.get(name, str(default))
    # Judged by its length first: int() of a million digits would take its time.
    if not (value.isascii() and value.isdigit() and len(value) <= 100 and int(value) >= 1):
        raise InvalidParameters({name: ["Must be a whole number from 1."]})
    if int(value) > maximum:
        raise InvalidParameters({name: [f"Must be at most {maximum}."]})
    return int(value)
