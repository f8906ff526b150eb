"""Pages of a list: `?page=` from 1, `?limit=` 1 to 100."""

from typing import Any
from urllib.parse import urlencode

from rest_framework.exceptions import NotFound
from rest_framework.pagination import PageNumberPagination
from rest_framework.request import Request
from rest_framework.response import Response

from core.api.problem_details import InvalidParameters

MAX_PAGE = 10**12  # more than any list has


class Pages(PageNumberPagination):
    """Page-number pages that refuse a wrong number instead of quietly using another one.

    A page past the end is 404; page 1 of an empty list is an empty page. Counting ends at `most_counted`, where there
    is one: `count` is then the least that there are, and `count_is_exact` says so.
    """

    page_size = 10
    max_page_size = 100
    most_counted: int | None = 10_000
    page_size_query_param = "limit"
    parameters = frozenset({"page", "limit"})
    page_query_description = "Which page, from 1."
    page_size_query_description = "How many results a page has, 1 to 100."
    template = "rest_framework/pagination/previous_and_next.html"
    count = 0
    count_is_exact = True

    def paginate_queryset(self, queryset: Any, request: Request, view: Any = None) -> list[Any] | None:
        """The rows of the page; `queryset` is one, or something that can be sliced and has `count_up_to`."""
        self.request = request
        self.number = whole_number(request, self.page_query_param, default=1, maximum=MAX_PAGE)
        self.size = self.size_of(request)
        start = (self.number - 1) * self.size
        rows = self.read(queryset, start, start + self.size + 1)  # the one more tells whether another page follows
        if not rows and self.number > 1:
            raise NotFound("There is no such page.")
        self.has_next = len(rows) > self.size
        self.display_page_controls = self.has_next or self.number > 1
        seen = start + len(rows)
        self.count, self.count_is_exact = self.counted(queryset, seen) if self.has_next else (seen, True)
        return rows[: self.size]

    def size_of(self, request: Request) -> int:
        return whole_number(request, "limit", default=self.page_size, maximum=self.max_page_size)

    def read(self, queryset: Any, start: int, stop: int) -> list[Any]:
        """The rows from start to stop."""
        return list(queryset[start:stop])

    def counted(self, queryset: Any, seen: int) -> tuple[int, bool]:
        """How many rows there are, and whether exactly so many; `seen` are known."""
        if self.most_counted is None:
            return queryset.count(), True
        counted = count_up_to(queryset, self.most_counted + 1)
        return max(seen, min(counted, self.most_counted)), counted <= self.most_counted

    def get_next_link(self) -> str | None:
        return self.link({"page": self.number + 1}) if self.has_next else None

    def get_previous_link(self) -> str | None:
        if self.number == 1:
            return None
        return self.link({"page": self.number - 1 if self.number > 2 else None})

    def link(self, changes: dict[str, Any]) -> str:
        """What was asked for, with other parameters; one that is None is left away."""
        assert self.request is not None
        asked = self.request.query_params.copy()
        for name, value in changes.items():
            asked.pop(name, None)
            if value is not None:
                asked[name] = str(value)
        address = self.request.build_absolute_uri(self.request.path)
        return f"{address}?{urlencode(sorted(asked.lists()), doseq=True)}" if asked else address

    def get_paginated_response(self, data: Any) -> Response:
        links = {"next": self.get_next_link(), "previous": self.get_previous_link()}
        return Response({"count": self.count, "count_is_exact": self.count_is_exact, **links, "results": data})

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        page: dict[str, Any] = super().get_paginated_response_schema(schema)
        exact = {"type": "boolean", "description": "Whether there are so many; else there are more."}
        return {
            **page,
            "properties": {"count": page["properties"]["count"], "count_is_exact": exact, **page["properties"]},
            "required": [*page["required"], "count_is_exact"],
        }

    def get_html_context(self) -> Any:
        return {"previous_url": self.get_previous_link(), "next_url": self.get_next_link()}

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        parameters: list[dict[str, Any]] = super().get_schema_operation_parameters(view)
        bounds = {
            "page": {"minimum": 1, "maximum": MAX_PAGE, "default": 1},
            "limit": {"minimum": 1, "maximum": 100, "default": 10},
        }
        for parameter in parameters:
            parameter["schema"].update(bounds[parameter["name"]])
        return parameters


def count_up_to(queryset: Any, most: int) -> int:
    """How many rows there are, without looking at more than `most` of them."""
    if hasattr(queryset, "count_up_to"):
        return int(queryset.count_up_to(most))
    return int(queryset.order_by()[:most].count())


def whole_number(request: Request, name: str, *, default: int, maximum: int) -> int:
    """A query parameter's value; raises InvalidParameters."""
    value = request.query_params.get(name, str(default))
    # Judged by its length first: int() of a million digits would take its time.
    if not (value.isascii() and value.isdigit() and len(value) <= 100 and int(value) >= 1):
        raise InvalidParameters({name: ["Must be a whole number from 1."]})
    if int(value) > maximum:
        raise InvalidParameters({name: [f"Must be at most {maximum}."]})
    return int(value)
