"""The search for the book of a row in the API: `/api/imports/{id}/rows/{number}/search`."""

from typing import Any

from django.core.exceptions import ValidationError
from drf_spectacular.utils import OpenApiParameter, extend_schema_serializer
from rest_framework import serializers
from rest_framework.request import Request

from books.search.candidates import BookQuery, find_at_open_library, find_in_catalogue
from core.exceptions import InvalidParameters
from users.imports.jobs.row_search import PARAMETERS, query_of, read_query
from users.library.search import (
    MAX_TEXT,
    RESULT_EXAMPLE,
    SOURCE_EXAMPLE,
    SearchResultSerializer,
    SourceSerializer,
    find_saved_keys,
)
from users.models import ImportJobRow, User

DESCRIPTIONS = {"title": "A title, or a part of it.", "author": "The name of an author.", "isbn": "ISBN-10 or ISBN-13."}
TEXT_SCHEMA = {"type": "string", "maxLength": MAX_TEXT}
ROW_PARAMETERS = [OpenApiParameter(name, TEXT_SCHEMA, description=DESCRIPTIONS[name]) for name in PARAMETERS]


@extend_schema_serializer(component_name="ImportRowSearch")
class RowSearchSerializer(serializers.Serializer[Any]):
    """Books that a row may mean: those of the catalogue first, then those of Open Library. Accept one of them.

    `sources` states whether each source responded. If Open Library did not, the results of the catalogue remain.
    """

    example = {
        "title": "Odes",
        "author": "Horace",
        "isbn": "",
        "sources": [{**SOURCE_EXAMPLE, "name": "catalogue"}, SOURCE_EXAMPLE],
        "results": [RESULT_EXAMPLE],
    }
    title = serializers.CharField(help_text="The text that was searched for; may be empty.")
    author = serializers.CharField()
    isbn = serializers.CharField()
    sources = SourceSerializer(many=True)
    results = SearchResultSerializer(many=True)


def choose_query(row: ImportJobRow, request: Request) -> BookQuery:
    """The parameters of the request; without any, the row's statements. Raises InvalidParameters."""
    if not set(PARAMETERS) & set(request.query_params):
        return query_of(row)
    try:
        return read_query(request.query_params)
    except ValidationError as error:
        raise InvalidParameters(error.message_dict) from error


def search_books(query: BookQuery, user: User) -> Any:
    pages = [find_in_catalogue(query), find_at_open_library(query)]
    rows = [row for page in pages for row in page.rows]
    body = {
        "title": query.title,
        "author": query.author,
        "isbn": query.isbn,
        "sources": [page.state for page in pages],
        "results": rows,
    }
    return RowSearchSerializer(body, context={"saved_keys": find_saved_keys(rows, user)}).data
