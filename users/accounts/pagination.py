"""Pagination of the user list."""

from typing import Any

from django.db.models import QuerySet
from rest_framework.request import Request
from rest_framework.response import Response

from core.pagination.page_number import StrictPageNumberPagination


class UserArrayPagination(StrictPageNumberPagination):
    """Responds with a plain array, as the earlier service did: all users, or one page if `page` or `limit` is given.

    A page's total and neighbours are in the headers `X-Total-Count` and `Link` (RFC 8288).
    """

    max_counted = None
    page_query_description = "The page number, from 1. Without `page` and `limit` all users are returned."
    page_size_query_description = "The number of users a page has, 1 to 100. A page without `limit` has 10."
    schema_headers = {
        "X-Total-Count": {"description": "The number of users, if a page is requested.", "schema": {"type": "integer"}},
        "Link": {"description": "The next and the previous page (RFC 8288).", "schema": {"type": "string"}},
    }

    def paginate_queryset(self, queryset: QuerySet[Any], request: Request, view: Any = None) -> list[Any] | None:
        if not {self.page_query_param, self.page_size_query_param} & set(request.query_params):
            return None
        return super().paginate_queryset(queryset, request, view)

    def get_paginated_response(self, data: Any) -> Response:
        links = {"next": self.get_next_link(), "prev": self.get_previous_link()}
        link_header = ", ".join(f'<{url}>; rel="{relation}"' for relation, url in links.items() if url)
        headers = {"X-Total-Count": str(self.count)} | ({"Link": link_header} if link_header else {})
        return Response(data, headers=headers)

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        return schema
