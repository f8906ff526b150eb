"""Pages of the users' list."""

from typing import Any

from django.db.models import QuerySet
from rest_framework.request import Request
from rest_framework.response import Response

from core.pagination.page_number import Pages


class ArrayPages(Pages):
    """A plain array, as the earlier service sent it: of everyone, or of a page where `page` or `limit` asks for one.

    What the envelope would say stands in the headers: `X-Total-Count` and `Link` (RFC 8288).
    """

    most_counted = None

    def paginate_queryset(self, queryset: QuerySet[Any], request: Request, view: Any = None) -> list[Any] | None:
        if not {self.page_query_param, self.page_size_query_param} & set(request.query_params):
            return None
        return super().paginate_queryset(queryset, request, view)

    def get_paginated_response(self, data: Any) -> Response:
        links = {"next": self.get_next_link(), "prev": self.get_previous_link()}
        link = ", ".join(f'<{address}>; rel="{relation}"' for relation, address in links.items() if address)
        headers = {"X-Total-Count": str(self.count)} | ({"Link": link} if link else {})
        return Response(data, headers=headers)

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        return schema
