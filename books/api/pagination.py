"""Pagination of the catalogue's lists: by page number at any depth, and by cursor."""

from collections.abc import Callable
from typing import Any, TypeVar

from django.conf import settings
from django.db.models import QuerySet
from rest_framework.request import Request
from rest_framework.response import Response

from books import catalogue_version
from books.api.change_rows import load_change_rows
from books.api.http_cache import VERSION_KEY
from books.book_rows import load_book_rows
from books.models import Book, PriceObservation
from books.search.titles import RankedHits, SortedHits
from core.db.versioned_cache import VersionedCache
from core.exceptions import InvalidParameters
from core.pagination.checkpoints import PositionIndex
from core.pagination.cursor import decode_cursor, encode_cursor
from core.pagination.keyset import KeysetOrdering
from core.pagination.page_number import StrictPageNumberPagination
from core.pagination.small_results import has_filters, needs_probe, restrict_to_keys

MAX_CACHED_LISTS = 200
MAX_HITS = 10**9  # more than any catalogue has
Cached = TypeVar("Cached")
Hits = QuerySet[Any] | SortedHits | RankedHits

counts: VersionedCache[tuple[int, bool]] = VersionedCache(MAX_CACHED_LISTS)
hit_counts: VersionedCache[int] = VersionedCache(MAX_CACHED_LISTS)
position_indexes: VersionedCache[PositionIndex] = VersionedCache(MAX_CACHED_LISTS)


class CataloguePagination(StrictPageNumberPagination):
    """Page numbers, or `?cursor=`: an empty cursor starts, `next` continues, and the response has no count."""

    parameters = StrictPageNumberPagination.parameters | {"cursor"}
    deep_offset = 10_000  # pages from this offset on use checkpoints
    checkpoint_stride = 5_000  # rows
    max_sorted = 2_000  # matching rows; more are not sorted but found along the ordering's index
    common_filters = frozenset({"is_published"})  # which nearly all rows match
    has_cursor = True  # else `?cursor=` has no effect, like any unknown parameter of a page

    def paginate_queryset(self, queryset: Any, request: Request, view: Any = None) -> list[Any] | None:
        self.by_cursor = self.has_cursor and "cursor" in request.query_params
        if not self.by_cursor:
            return super().paginate_queryset(queryset, request, view)
        if self.page_query_param in request.query_params:
            raise InvalidParameters({"page": ["A cursor and a page number exclude each other. Remove one of them."]})
        self.request, self.size = request, self.get_size(request)
        return self._fetch_by_cursor(queryset, request.query_params["cursor"])

    def _fetch_by_cursor(self, queryset: QuerySet[Any], cursor: str) -> list[Any]:
        ordering = KeysetOrdering(self._narrow(queryset))
        backwards, start = decode_cursor(cursor, ordering)
        positions = ordering.positions(start, limit=self.size + 1, backwards=backwards)
        has_more, positions = len(positions) > self.size, positions[: self.size]
        if backwards:
            positions.reverse()
        # A step backwards always has a next page: it contains the row that the cursor names.
        if positions and (backwards or has_more):
            self.next_link = self.get_link("cursor", encode_cursor(ordering, positions[-1], backwards=False))
        if positions and (has_more if backwards else start):
            self.previous_link = self.get_link("cursor", encode_cursor(ordering, positions[0], backwards=True))
        self.display_page_controls = bool(self.next_link or self.previous_link)
        return load_rows(queryset, [position[-1] for position in positions])

    def fetch_rows(self, queryset: Hits, start: int, stop: int) -> list[Any]:
        """Finds the keys by indexes alone, then loads the rows of the page."""
        return load_rows(queryset, self._find_keys(queryset, start, stop))

    def _find_keys(self, queryset: Hits, start: int, stop: int) -> list[int]:
        if not isinstance(queryset, QuerySet):
            return [] if start and self._is_past_end(queryset, start) else queryset.keys(start, stop)
        if start >= self.deep_offset:
            return self._position_index(queryset).find_keys(KeysetOrdering(queryset), start, stop - start)
        return list(self._narrow(queryset).values_list("pk", flat=True)[start:stop])

    def _narrow(self, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if not needs_probe(queryset, ignored=self.common_filters):
            return queryset
        count, is_exact = self._count(queryset)
        is_small = is_exact and count <= self.max_sorted
        return restrict_to_keys(queryset, self.max_sorted) if is_small else queryset

    def count_rows(self, queryset: Any, seen: int) -> tuple[int, bool]:
        """Exact for deep pages, where the position index has counted; otherwise up to `max_counted`."""
        if seen > self.deep_offset and isinstance(queryset, QuerySet):
            return self._position_index(queryset).count, True
        count, is_exact = self._count(queryset)
        return max(seen, count), is_exact

    def _count(self, queryset: Any) -> tuple[int, bool]:
        count = super().count_rows
        return self._get_or_compute(counts, lambda: count(queryset, 0), ignored={"ordering"})

    def _is_past_end(self, hits: SortedHits | RankedHits, start: int) -> bool:
        """Counts by the index alone, because finding that a page does not exist would scan all titles for each rank."""
        count, is_exact = self._count(hits)
        if not is_exact and start >= count:
            count = self._get_or_compute(hit_counts, lambda: hits.count_up_to(MAX_HITS), ignored=set())
        return start >= count

    def _position_index(self, queryset: QuerySet[Any]) -> PositionIndex:
        def create() -> PositionIndex:
            return PositionIndex(self._count_exactly(queryset), self.checkpoint_stride)

        return self._get_or_compute(position_indexes, create, ignored=set())

    def _count_exactly(self, queryset: QuerySet[Any]) -> int:
        """Subtracts the unpublished rows from all rows, because SQLite counts all without reading each one."""
        if not queryset.query.where or has_filters(queryset, ignored=self.common_filters):
            return queryset.order_by().count()
        rows: QuerySet[Any] = queryset.model._default_manager.all()
        return rows.count() - rows.filter(is_published=False).count()

    def _get_or_compute(
        self, cache: VersionedCache[Cached], compute: Callable[[], Cached], *, ignored: set[str]
    ) -> Cached:
        """Caches a value under the list that the request selects; `ignored` parameters do not affect the value."""
        assert self.request is not None
        version = self.request.META.get(VERSION_KEY) or catalogue_version.read()
        if version is None or not settings.READ_CACHE_MB:
            return compute()
        key = list_key(self.request, ignored | self.parameters | {"format"}) + self.further_key()
        if (value := cache.get(version, key)) is None:
            cache.set(version, key, value := compute())
        return value

    def further_key(self) -> bytes:
        """What else than the request selects the list."""
        return b""

    def get_paginated_response(self, data: Any) -> Response:
        page = super().get_paginated_response(data)
        if self.by_cursor:
            del page.data["count"], page.data["count_is_exact"]
        return page

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        page: dict[str, Any] = super().get_paginated_response_schema(schema)
        page["required"] = [name for name in page["required"] if not name.startswith("count")]
        page["description"] = "A page that was requested by cursor has no count."
        return page

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        description = "Empty to start; `next` and `previous` continue. The cost does not depend on the depth."
        schema = {"type": "string"}
        cursor = {"name": "cursor", "in": "query", "required": False, "description": description, "schema": schema}
        return [*super().get_schema_operation_parameters(view), {**cursor, "allowEmptyValue": True}]


class PriceChangePagination(CataloguePagination):
    """Nearly all changes are those of published books."""

    common_filters = frozenset({"is_published", "previous_price"})

    def _count_exactly(self, queryset: QuerySet[Any]) -> int:
        return queryset.order_by().count()


class TitleSearchPagination(CataloguePagination):
    """Repeats the search text in the page, as clients of the earlier service expect."""

    schema_name = "BookSearchPage"

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


def list_key(request: Request, ignored: frozenset[str] | set[str]) -> bytes:
    parameters = sorted(item for item in request.query_params.lists() if item[0] not in ignored)
    return repr((request.path, parameters)).encode()


def load_rows(hits: Hits, keys: list[int]) -> list[Any]:
    """Books and price changes as JSON rows; other models as instances, in the order of their keys."""
    if not isinstance(hits, QuerySet) or hits.model is Book:
        return load_book_rows(keys)
    if hits.model is PriceObservation:
        return load_change_rows(keys)
    rows = hits.order_by().in_bulk(keys)
    return [rows[key] for key in keys if key in rows]
