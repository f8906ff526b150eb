"""Pages of the catalogue's own lists: by number, however far down, and from one to the next by a cursor."""

from collections.abc import Callable
from functools import partial
from typing import Any, TypeVar

from django.conf import settings
from django.core import signing
from django.db.models import QuerySet
from rest_framework.request import Request
from rest_framework.response import Response

from books import catalogue_version as stamp
from books.api.book_rows import shown
from books.models import Book
from books.search.titles import Few, Ranked
from core.api.problem_details import InvalidParameters
from core.db.versioned_cache import Kept
from core.pagination.access_path import Keys, few_keys, has_ways, sorted_keys
from core.pagination.checkpoints import FarList
from core.pagination.keyset import Order, Place
from core.pagination.page_number import Pages

FAR = 10_000  # from here on lists are walked from the nearest known place: as far as lists are counted
MOST_LISTS = 200
MOST_KEYS = 200_000
Made = TypeVar("Made")

counts: Kept[tuple[int, bool]] = Kept(MOST_LISTS)
few: Kept[tuple[Keys | None]] = Kept(MOST_KEYS, weight=lambda found: 100 + len(found[0] or ()))
sorted_lists: Kept[Keys] = Kept(MOST_KEYS, weight=lambda keys: 100 + len(keys))
far_lists: Kept[FarList] = Kept(MOST_LISTS)
signer = signing.Signer(salt="books.cursor")


class CataloguePages(Pages):
    """Pages by number; `?cursor=` begins a walk through everything, which `next` leads on, with no count."""

    cursor_query_param = "cursor"
    parameters = Pages.parameters | {"cursor"}
    next_cursor: str | None = None
    previous_cursor: str | None = None

    def paginate_queryset(self, queryset: Any, request: Request, view: Any = None) -> list[Any] | None:
        self.is_walk = self.cursor_query_param in request.query_params
        if not self.is_walk:
            return super().paginate_queryset(queryset, request, view)
        if self.page_query_param in request.query_params:
            raise InvalidParameters({"page": ["A walk by cursor has no page numbers: leave one of the two away."]})
        self.request, self.size = request, self.size_of(request)
        return self._step(queryset, request.query_params[self.cursor_query_param])

    def _step(self, queryset: QuerySet[Any], cursor: str) -> list[Any]:
        order = self._order(queryset)
        backwards, place = read_cursor(cursor, order)
        places = order.places(place, wanted=self.size + 1, backwards=backwards)
        has_more, places = len(places) > self.size, places[: self.size]
        if backwards:
            places.reverse()
        # Where it came from there are others: the row that the cursor names, at least.
        if places and (backwards or has_more):
            self.next_cursor = write_cursor(order, places[-1], backwards=False)
        if places and (has_more if backwards else place):
            self.previous_cursor = write_cursor(order, places[0], backwards=True)
        self.display_page_controls = bool(self.next_cursor or self.previous_cursor)
        return rows_of(queryset, [each[-1] for each in places])

    def read(self, queryset: Any, start: int, stop: int) -> list[Any]:
        """The keys are found first, along indexes alone, and the rows of the page last."""
        return rows_of(queryset, self._keys(queryset, start, stop))

    def _keys(self, queryset: QuerySet[Any] | Few | Ranked, start: int, stop: int) -> Keys:
        if not isinstance(queryset, QuerySet):
            return queryset.keys(start, stop)
        if start < FAR and not has_ways(queryset):
            return list(queryset.values_list("pk", flat=True)[start:stop])
        if has_ways(queryset) and (found := self._few_keys(queryset)) is not None:
            return self._kept(sorted_lists, lambda: sorted_keys(queryset, found), but=set())[start:stop]
        order = self._order(queryset)
        if start >= FAR:
            return self._far(queryset).keys(order, start, stop - start)
        return [each[-1] for each in order.places(None, skip=start, wanted=stop - start)]

    def counted(self, queryset: Any, seen: int) -> tuple[int, bool]:
        """Exact where it is far, by what the way there took to know; else as far as lists are counted."""
        if seen > FAR and isinstance(queryset, QuerySet):
            return self._far(queryset).count, True
        count, is_exact = self._kept(counts, lambda: super(CataloguePages, self).counted(queryset, 0), but={"ordering"})
        return max(seen, count), is_exact

    def _order(self, queryset: QuerySet[Any]) -> Order:
        return Order(queryset, partial(self._few_keys, queryset))

    def _few_keys(self, queryset: QuerySet[Any], known: str = "") -> Keys | None:
        found = self._kept(few, lambda: (few_keys(queryset, known),), but={"ordering"}, part=known)
        return found[0]

    def _far(self, queryset: QuerySet[Any]) -> FarList:
        return self._kept(far_lists, lambda: FarList(queryset.order_by().count()), but=set())

    def _kept(self, kept: Kept[Made], make: Callable[[], Made], *, but: set[str], part: str = "") -> Made:
        """Made once for the list that the request asks for, until somebody writes; `but` what makes no difference."""
        assert self.request is not None
        now = self.request.META.get(stamp.READ_BEFORE) or stamp.read()
        if now is None or not settings.READ_CACHE_MB:
            return make()
        but = but | self.parameters | {"format"}
        asked = sorted(item for item in self.request.query_params.items() if item[0] not in but)
        key = repr((self.request.path, asked, part)).encode()
        if (found := kept.get(now, key)) is None:
            kept.keep(now, key, found := make())
        return found

    def get_next_link(self) -> str | None:
        return self._link_with(self.next_cursor) if self.is_walk else super().get_next_link()

    def get_previous_link(self) -> str | None:
        return self._link_with(self.previous_cursor) if self.is_walk else super().get_previous_link()

    def _link_with(self, cursor: str | None) -> str | None:
        return self.link({self.cursor_query_param: cursor}) if cursor else None

    def get_paginated_response(self, data: Any) -> Response:
        page = super().get_paginated_response(data)
        if self.is_walk:
            del page.data["count"], page.data["count_is_exact"]
        return page

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        page: dict[str, Any] = super().get_paginated_response_schema(schema)
        page["required"] = [name for name in page["required"] if not name.startswith("count")]
        page["description"] = "A walk by cursor has no count."
        return page

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        description = "Empty to begin a walk through everything; `next` leads on. It costs the same however far it is."
        schema = {"type": "string"}
        cursor = {"name": "cursor", "in": "query", "required": False, "description": description, "schema": schema}
        return [*super().get_schema_operation_parameters(view), {**cursor, "allowEmptyValue": True}]


class SearchPages(CataloguePages):
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


def rows_of(found: QuerySet[Any] | Few | Ranked, keys: Keys) -> list[Any]:
    """Books as they are to be shown; of the others there are few fields, and the rows do."""
    if not isinstance(found, QuerySet) or found.model is Book:
        return shown(keys)
    rows = found.order_by().in_bulk(keys)
    return [rows[key] for key in keys if key in rows]


def write_cursor(order: Order, place: Place, *, backwards: bool) -> str:
    """Names the place, signed: what comes back is what was given out."""
    values = [value if isinstance(value, int | None) else str(value) for value in place]
    return signer.sign_object([backwards, order.names, values])


def read_cursor(cursor: str, order: Order) -> tuple[bool, Place | None]:
    """Raises InvalidParameters."""
    if not cursor:
        return False, None
    try:
        backwards, names, values = signer.unsign_object(cursor)
    except signing.BadSignature:
        raise InvalidParameters({"cursor": ["Not a cursor of this service. Begin again with an empty one."]}) from None
    if names != order.names:
        detail = "It belongs to another order. Begin again with an empty one."
        raise InvalidParameters({"cursor": [detail]})
    return backwards, order.place(values)
