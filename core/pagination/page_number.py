"""Page-number pagination: `?page=` from 1, `?limit=` from 1 to 100."""

from typing import Any
from urllib.parse import urlencode

from rest_framework.exceptions import NotFound
from rest_framework.pagination import PageNumberPagination
from rest_framework.request import Request
from rest_framework.response import Response

from core.exceptions import InvalidParameters

MAX_DIGITS = 100  # int() of a million digits is slow


class StrictPageNumberPagination(PageNumberPagination):
    """Rejects an invalid page number or limit instead of replacing it.

    A page past the end is 404; page 1 of an empty list is an empty page. Counting stops at `max_counted`, unless that
    is None: `count` is then a lower bound and `count_is_exact` is false.
    """

    page_size = 10
    max_page_size = 100
    max_page = 10**12  # larger than any list
    max_counted: int | None = 10_000
    page_size_query_param = "limit"
    parameters = frozenset({"page", "limit"})
    page_query_description = "The page number, from 1. Without it the first page is returned."
    page_size_query_description = "The number of results a page has, 1 to 100. Without it a page has 10."
    template = "rest_framework/pagination/previous_and_next.html"
    count = 0
    count_is_exact = True
    next_link: str | None = None
    previous_link: str | None = None

    def paginate_queryset(self, queryset: Any, request: Request, view: Any = None) -> list[Any] | None:
        """Returns the rows of the page. `queryset` may be any object with slicing and `count_up_to`."""
        self.request = request
        self.number = parse_positive_integer(request, self.page_query_param, default=1, maximum=self.max_page)
        self.size = self.get_size(request)
        start = (self.number - 1) * self.size
        rows = self.fetch_rows(queryset, start, start + self.size + 1)  # one more shows whether another page follows
        if not rows and self.number > 1:
            raise NotFound("There is no such page.")
        has_next = len(rows) > self.size
        self.set_links(has_next=has_next)
        self.display_page_controls = has_next or self.number > 1
        seen = start + len(rows)
        self.count, self.count_is_exact = self.count_rows(queryset, seen) if has_next else (seen, True)
        return rows[: self.size]

    def get_size(self, request: Request) -> int:
        return parse_positive_integer(request, "limit", default=self.page_size, maximum=self.max_page_size)

    def fetch_rows(self, queryset: Any, start: int, stop: int) -> list[Any]:
        return list(queryset[start:stop])

    def count_rows(self, queryset: Any, seen: int) -> tuple[int, bool]:
        """Returns the count and whether it is exact. At least `seen` rows exist."""
        if self.max_counted is None:
            return queryset.count(), True
        count = count_up_to(queryset, self.max_counted + 1)
        return max(seen, min(count, self.max_counted)), count <= self.max_counted

    def set_links(self, *, has_next: bool) -> None:
        if has_next:
            self.next_link = self.get_link("page", self.number + 1)
        if self.number > 1:
            self.previous_link = self.get_link("page", self.number - 1 if self.number > 2 else None)

    def get_next_link(self) -> str | None:
        return self.next_link

    def get_previous_link(self) -> str | None:
        return self.previous_link

    def get_link(self, name: str, value: object) -> str:
        """The request's URL with another value of a parameter; None removes the parameter."""
        assert self.request is not None
        parameters = self.request.query_params.copy()
        parameters.pop(name, None)
        if value is not None:
            parameters[name] = str(value)
        url = self.request.build_absolute_uri(self.request.path)
        return f"{url}?{urlencode(sorted(parameters.lists()), doseq=True)}" if parameters else url

    def get_paginated_response(self, data: Any) -> Response:
        links = {"next": self.next_link, "previous": self.previous_link}
        return Response({"count": self.count, "count_is_exact": self.count_is_exact, **links, "results": data})

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        page: dict[str, Any] = super().get_paginated_response_schema(schema)
        is_exact = {"type": "boolean", "description": "False if more rows exist than `count` states."}
        page["properties"] = {"count": page["properties"]["count"], "count_is_exact": is_exact, **page["properties"]}
        page["required"].append("count_is_exact")
        page["properties"]["count"]["example"] = 1000
        page["properties"]["next"]["example"] = "https://colophon.example.org/api/books?page=3"
        page["properties"]["previous"]["example"] = "https://colophon.example.org/api/books"
        return page

    def get_html_context(self) -> Any:
        return {"previous_url": self.previous_link, "next_url": self.next_link}

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        """Without defaults: generated clients send them, and a list with a cursor or without pages accepts no page."""
        page, limit = super().get_schema_operation_parameters(view)
        page["schema"].update(minimum=1, maximum=self.max_page)
        limit["schema"].update(minimum=1, maximum=self.max_page_size)
        return [page, limit]


def count_up_to(queryset: Any, maximum: int) -> int:
    """Counts the rows, but reads at most `maximum` of them."""
    if hasattr(queryset, "count_up_to"):
        return int(queryset.count_up_to(maximum))
    return int(queryset.order_by()[:maximum].count())


def parse_positive_integer(request: Request, name: str, *, default: int, maximum: int) -> int:
    """Returns the value of a query parameter; raises InvalidParameters."""
    value = request.query_params.get(name, str(default))
    if not (value.isascii() and value.isdigit() and len(value) <= MAX_DIGITS and int(value) >= 1):
        raise InvalidParameters({name: ["Must be a whole number from 1."]})
    if int(value) > maximum:
        raise InvalidParameters({name: [f"Must be at most {maximum}."]})
    return int(value)
