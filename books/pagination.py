"""Pages of the catalogue's own lists."""

from typing import Any

from rest_framework.response import Response

from config.pagination import Pages


class SearchPages(Pages):
    """A page of found books that repeats what was searched for, as the earlier service's clients expect."""

    schema_name = "FoundBooks"

    def get_paginated_response(self, data: Any) -> Response:
        assert self.request is not None
        page = super().get_paginated_response(data)
        page.data = {"search": self.request.query_params["title"], **page.data}
        return page

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        page: dict[str, Any] = super().get_paginated_response_schema(schema)
        page["properties"] = {"search": {"type": "string", "example": "travel"}, **page["properties"]}
        page["required"] = ["search", *page["required"]]
        return page
