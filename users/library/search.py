"""The search of Open Library and of the catalogue. It stands here because it says what the caller has saved."""

from dataclasses import asdict
from typing import Any

from django.conf import settings
from django.db.models import Q
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.exceptions import NotFound
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import remove_query_param, replace_query_param
from rest_framework.views import APIView

from books.openlibrary.lookup import plain
from books.openlibrary.parsing import COVER
from books.records import CONTROL_CHARACTER
from books.search.federated import Discovery, Row, discover
from core.api.problem_details import InvalidParameters
from core.api.query_parameters import DeclaredParameters
from core.pagination.page_number import Pages, whole_number
from users.accounts.permissions import is_from_here
from users.accounts.throttles import SearchesFromAddress
from users.models import LibraryEntry

MIN_TEXT, MAX_TEXT = 3, 200  # Open Library refuses shorter ones
MAX_ROWS = 10_000  # deeper than anybody reads; Open Library grows slow there
STATUSES = ["ok", "stale", "rate_limited", "unavailable"]
PAGE = {"type": "integer", "minimum": 1, "maximum": MAX_ROWS // Pages.max_page_size, "default": 1}
LIMIT = {"type": "integer", "minimum": 1, "maximum": Pages.max_page_size, "default": Pages.page_size}
SIZES = {"small": "S", "medium": "M", "large": "L"}


class SourceSerializer(serializers.Serializer[Any]):
    name = serializers.ChoiceField(["open_library", "catalogue"])
    status = serializers.ChoiceField(STATUSES)
    age_seconds = serializers.IntegerField(allow_null=True, help_text="How old what is shown is.")
    reason = serializers.CharField(allow_null=True)


class CoverSerializer(serializers.Serializer[Any]):
    small = serializers.CharField()
    medium = serializers.CharField()
    large = serializers.CharField()


class SearchResultSerializer(serializers.Serializer[Any]):
    """A work."""

    work_key = serializers.CharField(allow_null=True)
    title = serializers.CharField()
    authors = serializers.ListField(child=serializers.CharField())
    first_publish_year = serializers.IntegerField(allow_null=True)
    languages = serializers.ListField(child=serializers.CharField())
    edition_count = serializers.IntegerField(allow_null=True)
    isbn_13 = serializers.CharField(allow_null=True, help_text="Only where it is certain.")
    cover_url = CoverSerializer(allow_null=True)
    book = serializers.IntegerField(allow_null=True, help_text="The catalogue's id of it.")
    saved = serializers.BooleanField(help_text="Whether it is on the caller's shelf.")


class SearchSerializer(serializers.Serializer[Any]):
    query = serializers.CharField()
    count = serializers.IntegerField()
    next = serializers.CharField(allow_null=True)
    previous = serializers.CharField(allow_null=True)
    sources = SourceSerializer(many=True)
    results = SearchResultSerializer(many=True)


class SearchView(DeclaredParameters, APIView):
    """Works of Open Library, with the catalogue's own on the first page.

    `sources` says how each source did: no results is never the same as no answer.
    """

    permission_classes = [AllowAny]
    throttle_classes = [SearchesFromAddress]
    detail = False
    paginator = Pages()
    parameters = frozenset({"q"})

    @extend_schema(
        summary="Search the world's books",
        parameters=[
            OpenApiParameter("q", required=True, description="Title, author or ISBN; at least three characters."),
            OpenApiParameter("page", PAGE, description=Pages.page_query_description),
            OpenApiParameter("limit", LIMIT, description=Pages.page_size_query_description),
        ],
        responses=SearchSerializer,
    )
    def get(self, request: Request) -> Response:
        text = query_text(request)
        limit = whole_number(request, "limit", default=Pages.page_size, maximum=Pages.max_page_size)
        page = whole_number(request, "page", default=1, maximum=MAX_ROWS // limit)
        found = discover(text, page=page, limit=limit)
        if page > 1 and (page - 1) * limit >= found.count:
            raise NotFound("There is no such page.")
        address, more = request.build_absolute_uri(), page * limit < found.count and page < MAX_ROWS // limit
        return Response(
            {
                "query": text,
                "count": found.count,
                "next": replace_query_param(address, "page", page + 1) if more else None,
                "previous": previous_page(address, page),
                "sources": [asdict(source) for source in found.sources],
                "results": shown(found, request),
            }
        )


def query_text(request: Request) -> str:
    typed = request.query_params.get("q", "")
    text = " ".join(typed.split())
    if CONTROL_CHARACTER.search(text):
        raise InvalidParameters({"q": ["Holds a control character."]})
    if len(typed) > MAX_TEXT or len(plain(text)) < MIN_TEXT:
        bounds = f"Must be {MIN_TEXT} letters or digits at least and {MAX_TEXT} characters at most"
        raise InvalidParameters({"q": [f"{bounds}: a title, an author or an ISBN."]})
    return text


def previous_page(address: str, page: int) -> str | None:
    if page == 1:
        return None
    previous = remove_query_param(address, "page") if page == 2 else replace_query_param(address, "page", page - 1)
    return str(previous)


def shown(found: Discovery, request: Request) -> list[dict[str, Any]]:
    saved = saved_keys(found.rows, request)
    return [{**as_json(row), "saved": bool({row.book, row.result.work_key} & saved)} for row in found.rows]


def as_json(row: Row) -> dict[str, Any]:
    result = row.result
    own = dict.fromkeys(SIZES, row.cover_url) if row.cover_url else None
    covers = {size: COVER.format(result.cover_id, letter) for size, letter in SIZES.items()}
    return {
        "work_key": result.work_key,
        "title": result.title,
        "authors": list(result.authors),
        "first_publish_year": result.first_publish_year,
        "languages": list(result.languages),
        "edition_count": result.edition_count,
        "isbn_13": result.isbn_13,
        "cover_url": covers if result.cover_id else own,
        "book": row.book,
    }


def saved_keys(rows: list[Row], request: Request) -> set[Any]:
    """The ids and work keys of those rows that are on the caller's shelf: whatever is there, the catalogue has too."""
    books = {row.book for row in rows if row.book}
    works = {row.result.work_key for row in rows if row.book and row.result.work_key}
    if not books or not may_know_shelf(request):
        return set()
    entries = LibraryEntry.objects.of(request.user).filter(Q(book__in=books) | Q(book__work_key__in=works))
    return {key for pair in entries.values_list("book", "book__work_key") for key in pair if key}


def may_know_shelf(request: Request) -> bool:
    """Any origin's page may search, but none may learn so what is on the shelf of the household it is shown in."""
    return request.user.is_authenticated or (settings.SHARED_SHELF and is_from_here(request))
