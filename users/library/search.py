"""The search of Open Library and the catalogue. It belongs to the library because each result shows if it is saved."""

from typing import Any

from django.conf import settings
from django.db.models import Q
from drf_spectacular.utils import OpenApiParameter, extend_schema, extend_schema_serializer
from rest_framework import serializers
from rest_framework.exceptions import NotFound
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from books.openlibrary.parsing import COVER
from books.records import CONTROL_CHARACTER
from books.search.federated import FederatedPage, SearchRow, search_all
from books.uploaded_covers import make_absolute
from core.api.permissions import is_same_site
from core.api.personal_data import VariesByCaller
from core.api.query_parameters import DeclaredParametersMixin
from core.api.schema import NOT_BLANK
from core.api.throttling import PerAddressThrottle
from core.exceptions import InvalidParameters
from core.pagination.page_number import StrictPageNumberPagination, parse_positive_integer
from core.web.cors import AllowsAnyOrigin
from users.models import LibraryEntry, User

MAX_TEXT = 200  # characters
MAX_ROWS = 10_000  # Open Library is slow on deeper pages
STATUSES = ["ok", "stale", "rate_limited", "unavailable"]
COVER_SIZES = {"small": "S", "medium": "M", "large": "L"}


class SearchesPerAddressThrottle(PerAddressThrottle):
    """A search can cost a request to Open Library, which limits the rate of requests."""

    scope = "SEARCHES_PER_ADDRESS"


class SearchPagination(StrictPageNumberPagination):
    """Pages of the catalogue's books followed by Open Library's works."""

    max_page = MAX_ROWS // StrictPageNumberPagination.max_page_size

    def search(self, text: str, request: Request) -> FederatedPage:
        """Raises InvalidParameters, and NotFound for a page past the end."""
        self.request = request
        self.size = self.get_size(request)
        max_number = MAX_ROWS // self.size
        self.number = parse_positive_integer(request, self.page_query_param, default=1, maximum=max_number)
        page = search_all(text, page=self.number, limit=self.size)
        if self.number > 1 and (self.number - 1) * self.size >= page.count:
            raise NotFound("There is no such page.")
        self.set_links(has_next=self.number * self.size < page.count and self.number < max_number)
        return page


TEXT_SCHEMA = {"type": "string", "minLength": 1, "maxLength": MAX_TEXT, "pattern": NOT_BLANK, "example": "travel"}
PAGE_PARAMETERS = [
    OpenApiParameter(each["name"], each["schema"], description=each["description"])
    for each in SearchPagination().get_schema_operation_parameters(None)
]


SOURCE_EXAMPLE = {"name": "open_library", "status": "ok", "age_seconds": 0, "reason": None}
COVER_EXAMPLE = {size: COVER.format(8314077, letter) for size, letter in COVER_SIZES.items()}
RESULT_EXAMPLE = {
    "work_key": "OL45804W",
    "title": "Fantastic Mr Fox",
    "subtitle": None,
    "authors": ["Roald Dahl"],
    "first_publish_year": 1970,
    "languages": ["eng"],
    "edition_count": 120,
    "isbn_13": None,
    "cover_url": COVER_EXAMPLE,
    "book": 1,
    "saved": False,
}


@extend_schema_serializer(component_name="SearchSource")
class SourceSerializer(serializers.Serializer[Any]):
    """The state of a source. A source that did not respond has a reason."""

    example = SOURCE_EXAMPLE
    name = serializers.ChoiceField(["open_library", "catalogue"])
    status = serializers.ChoiceField(STATUSES)
    age_seconds = serializers.IntegerField(allow_null=True, help_text="The age of the source's results.")
    reason = serializers.CharField(allow_null=True)


@extend_schema_serializer(component_name="CoverUrls")
class CoverSerializer(serializers.Serializer[Any]):
    """URLs of the cover. Open Library has three sizes; a book of the catalogue has one URL for all of them."""

    example = COVER_EXAMPLE
    small = serializers.CharField()
    medium = serializers.CharField()
    large = serializers.CharField()

    def get_attribute(self, instance: SearchRow) -> dict[str, str] | None:
        if cover_id := instance.result.cover_id:
            return {size: COVER.format(cover_id, letter) for size, letter in COVER_SIZES.items()}
        url = make_absolute(instance.cover_url, self.context.get("request"))
        return dict.fromkeys(COVER_SIZES, url) if url else None


class SavedField(serializers.BooleanField):
    """Looks the row up in the context's `saved_keys`."""

    def get_attribute(self, instance: SearchRow) -> bool:
        return not self.context["saved_keys"].isdisjoint({instance.book, instance.result.work_key})


class SearchResultSerializer(serializers.Serializer[SearchRow]):
    """A work of Open Library, or a book of the catalogue."""

    example = RESULT_EXAMPLE
    work_key = serializers.CharField(source="result.work_key", allow_null=True)
    title = serializers.CharField(source="result.title")
    subtitle = serializers.CharField(source="result.subtitle", allow_null=True)
    authors = serializers.ListField(source="result.authors", child=serializers.CharField())
    first_publish_year = serializers.IntegerField(source="result.first_publish_year", allow_null=True)
    languages = serializers.ListField(source="result.languages", child=serializers.CharField())
    edition_count = serializers.IntegerField(source="result.edition_count", allow_null=True)
    isbn_13 = serializers.CharField(
        source="result.isbn_13", allow_null=True, help_text="Null unless it is certain to belong to this result."
    )
    cover_url = CoverSerializer(allow_null=True)
    book = serializers.IntegerField(allow_null=True, help_text="The id of the book in the catalogue.")
    saved = SavedField(help_text="Whether the work is in the caller's library.")


@extend_schema_serializer(component_name="SearchPage")
class SearchSerializer(serializers.Serializer[Any]):
    """A page of results, and the state of both sources."""

    example = {
        "query": "fox",
        "count": 42,
        "next": "https://colophon.example.org/api/search?page=2&q=fox",
        "previous": None,
        "sources": [SOURCE_EXAMPLE, {**SOURCE_EXAMPLE, "name": "catalogue"}],
        "results": [RESULT_EXAMPLE],
    }
    query = serializers.CharField()
    count = serializers.IntegerField()
    next = serializers.CharField(allow_null=True)
    previous = serializers.CharField(allow_null=True)
    sources = SourceSerializer(many=True)
    results = SearchResultSerializer(many=True)


class SearchView(AllowsAnyOrigin, VariesByCaller, DeclaredParametersMixin, APIView):
    """Lists the catalogue's own books, best first, and then the works of Open Library.

    `count` is the number of both; a work that both contain is listed once. `sources` states whether each source
    responded, because the results are also empty if it did not.
    """

    permission_classes = [AllowAny]
    throttle_classes = [SearchesPerAddressThrottle]
    parameters = SearchPagination.parameters | {"q"}

    @extend_schema(
        summary="Search books worldwide",
        parameters=[
            OpenApiParameter(
                "q", TEXT_SCHEMA, required=True, description="A title, an author, an ISBN, or a key of Open Library."
            ),
            *PAGE_PARAMETERS,
        ],
        responses=SearchSerializer,
    )
    def get(self, request: Request) -> Response:
        text, paginator = parse_text(request), SearchPagination()
        page = paginator.search(text, request)
        body = {
            "query": text,
            "count": page.count,
            "next": paginator.next_link,
            "previous": paginator.previous_link,
            "sources": page.sources,
            "results": page.rows,
        }
        owner = request.user if isinstance(request.user, User) else None
        saved_keys = find_saved_keys(page.rows, owner) if can_see_library(request) else set()
        context = {"saved_keys": saved_keys, "request": request}
        return Response(SearchSerializer(body, context=context).data)


def parse_text(request: Request) -> str:
    """Returns the search text with single spaces; raises InvalidParameters."""
    value = request.query_params.get("q", "")
    text = " ".join(value.split())
    if CONTROL_CHARACTER.search(text):
        raise InvalidParameters({"q": ["Must not contain control characters."]})
    if not text or len(value) > MAX_TEXT:
        message = f"Send a title, an author, an ISBN or a key of Open Library, with at most {MAX_TEXT} characters."
        raise InvalidParameters({"q": [message]})
    return text


def find_saved_keys(rows: list[SearchRow], owner: User | None) -> set[Any]:
    """The ids and work keys of the rows that are in the library; owner None is the shared one.

    Saved books are always in the catalogue.
    """
    books = {row.book for row in rows if row.book}
    works = {row.result.work_key for row in rows if row.book and row.result.work_key}
    if not books:
        return set()
    entries = LibraryEntry.objects.owned_by(owner).filter(Q(book__in=books) | Q(book__work_key__in=works))
    return {key for keys in entries.values_list("book", "book__work_key") for key in keys if key}


def can_see_library(request: Request) -> bool:
    """Returns False for pages of other sites: CORS lets them search, but the shared library must stay private."""
    return request.user.is_authenticated or (settings.SHARED_SHELF and is_same_site(request))
