"""Cached catalogue responses: they are served until a write is committed, and never longer."""

from collections import Counter
from unittest.mock import patch

import pytest
from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.test.utils import CaptureQueriesContext
from django.urls import path
from django.views import View
from pytest_django.fixtures import Settings
from rest_framework.test import APIClient

import config.urls
from books import catalogue_version
from books.api.http_cache import CachedByCatalogueVersion
from books.api.pagination import CataloguePagination
from books.models import Book
from core.web.view_lookup import find_cached
from tests.support.apps import ALL_APPS
from tests.support.factories import make_book, make_category

# Writes must be committed, because PostgreSQL changes the version at the commit. The apps are named so that their
# tables are truncated together.
pytestmark = pytest.mark.django_db(transaction=True, available_apps=ALL_APPS)

CACHED_PATHS = ["/api/books", "/books?limit=1", "/api/books/search?title=odes", "/api/authors", "/api/categories"]
calls: Counter[str] = Counter()


class DeclaredView(CachedByCatalogueVersion, View):
    def get(self, request: HttpRequest) -> HttpResponse:
        calls[request.path] += 1
        return JsonResponse({})


class UndeclaredView(View):
    def get(self, request: HttpRequest) -> HttpResponse:
        calls[request.path] += 1
        return JsonResponse({})


def view_function(request: HttpRequest) -> HttpResponse:
    calls[request.path] += 1
    return JsonResponse({})


urlpatterns = [
    *config.urls.urlpatterns,
    path("declared", DeclaredView.as_view()),
    path("bookshelf", UndeclaredView.as_view()),
    path("books-export.csv", view_function),
    path("api/books/undeclared", view_function),
]


@pytest.fixture(autouse=True)
def settings_with_cache(settings: Settings) -> None:
    settings.READ_CACHE_MB = 1


@pytest.fixture
def book(transactional_db: None) -> Book:
    return make_book(title="Odes", authors=["Ann"], category=make_category())


@pytest.mark.usefixtures("book")
@pytest.mark.parametrize("path", CACHED_PATHS)
def test_a_cached_response_needs_one_query(client: APIClient, path: str) -> None:
    first = client.get(path)
    with CaptureQueriesContext(connection) as queries:
        second = client.get(path)
        not_modified = client.get(path, headers={"If-None-Match": f'"another", {first["ETag"]}'})

    assert (first.status_code, second.status_code, not_modified.status_code) == (200, 200, 304)
    assert second.content == first.content
    assert {**second.headers, "X-Request-ID": ""} == {**first.headers, "X-Request-ID": ""}
    assert (not_modified.content, not_modified["ETag"]) == (b"", first["ETag"])
    assert [query["sql"] for query in queries.captured_queries] == [catalogue_version.SELECT_VERSION] * 2


@pytest.mark.usefixtures("book")
@pytest.mark.parametrize("path", CACHED_PATHS)
def test_head_has_the_headers_of_get(client: APIClient, path: str) -> None:
    head = client.head(path)
    get = client.get(path)
    not_modified = client.head(path, headers={"If-None-Match": get["ETag"]})

    assert (head.status_code, head.content, head["Cache-Control"]) == (200, b"", "no-cache")
    assert {**head.headers, "X-Request-ID": ""} == {**get.headers, "X-Request-ID": ""}
    assert get.json()["results"] is not None  # a HEAD request has cached the response with its body
    assert (not_modified.status_code, not_modified["ETag"]) == (304, get["ETag"])


def test_orderings_in_both_styles_have_their_own_position_index(client: APIClient) -> None:
    """The index of a deep page is cached under the parameters; `ordering` may be repeated."""
    make_book(title="Air", rating=5)
    make_book(title="Bay", rating=1)
    make_book(title="Cat", rating=3)
    orderings = {
        "ordering=-rating&ordering=title": "Cat",
        "ordering=rating&ordering=title": "Cat",
        "ordering=title": "Bay",
        "ordering=-title": "Bay",
    }
    with patch.multiple(CataloguePagination, deep_offset=1, checkpoint_stride=1):
        pages = {ordering: client.get(f"/api/books?{ordering}&limit=1&page=2").json() for ordering in orderings}

    assert {ordering: page["results"][0]["title"] for ordering, page in pages.items()} == orderings


def test_each_process_serves_the_latest_write(book: Book) -> None:
    """Every test client has its own middleware with its own cache, as every process has."""
    clients = [APIClient(), APIClient()]
    etags: dict[int, str] = {}
    for stock in range(1, 6):
        Book.objects.filter(pk=book.pk).update(stock=stock)
        for client in [*clients, *clients]:
            response = client.get("/api/books", headers={"If-None-Match": etags.get(stock - 1, '"none"')})
            assert (response.status_code, response.json()["results"][0]["stock"]) == (200, stock)
            etags[stock] = response["ETag"]

    assert len(set(etags.values())) == 5


@pytest.mark.usefixtures("book")
@pytest.mark.parametrize(
    ("path", "status"), [("/api/books?page=9", 404), ("/api/books?max_prise=1", 422), ("/api/books/999999", 404)]
)
def test_errors_are_not_cached(client: APIClient, path: str, status: int) -> None:
    for headers in ({}, {"If-None-Match": "*"}):
        response = client.get(path, headers=headers)
        assert (response.status_code, "ETag" in response) == (status, False)


@pytest.mark.usefixtures("book")
def test_each_representation_has_its_own_etag(client: APIClient) -> None:
    responses = [
        client.get("/api/books"),
        client.get("/api/books", headers={"Accept": "application/json; indent=4"}),
        client.get("/api/books", headers={"Host": "127.0.0.1"}),
        client.get("/api/books?limit=10"),
        client.get("/books"),
    ]

    assert [response.status_code for response in responses] == [200] * 5
    assert len({response["ETag"] for response in responses}) == 5


@pytest.mark.usefixtures("book")
def test_only_json_is_cached(client: APIClient) -> None:
    page = client.get("/api/books", headers={"Accept": "text/html"})

    assert (page.status_code, "ETag" in page) == (200, False)
    assert client.get("/api/books", headers={"Accept": "image/png"}).status_code == 406


def test_queries_with_different_bytes_are_cached_apart(client: APIClient, book: Book) -> None:
    """The first query is UTF-8 that was not quoted, which WSGI decodes as Latin-1."""
    unquoted = "title=café".encode().decode("latin-1")
    make_book(title="Café")

    first = client.get("/books/search", QUERY_STRING=unquoted).json()
    second = client.get("/books/search?title=caf%C3%83%C2%A9").json()

    assert (first["search"], first["count"]) == ("café", 1)
    assert (second["search"], second["count"]) == ("cafÃ©", 0)


@pytest.mark.usefixtures("book")
def test_if_none_match_with_a_star(client: APIClient) -> None:
    for _ in range(2):
        assert client.get("/api/books", headers={"If-None-Match": "*"}).status_code == 304


def test_signed_in_clients_are_authenticated_before_a_304(
    client: APIClient, staff_client: APIClient, book: Book
) -> None:
    etag = staff_client.get("/api/books")["ETag"]

    not_modified = staff_client.get("/api/books", headers={"If-None-Match": etag})
    assert (not_modified.status_code, not_modified.content, not_modified["ETag"]) == (304, b"", etag)
    invalid_token = {"Authorization": f"Bearer {'0' * 64}"}
    assert client.get("/api/books", headers={**invalid_token, "If-None-Match": etag}).status_code == 401


@pytest.mark.usefixtures("book")
def test_cached_responses_allow_any_origin(client: APIClient) -> None:
    for _ in range(2):
        response = client.get("/api/books", headers={"Origin": "https://a.example"})
        assert (response.status_code, response["Access-Control-Allow-Origin"]) == (200, "*")


@pytest.mark.usefixtures("book")
def test_nothing_is_cached_without_a_version(client: APIClient) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"DELETE FROM {catalogue_version.TABLE}")
    try:
        response = client.get("/api/books")
    finally:
        catalogue_version.restore(connection)

    assert (response.status_code, "ETag" in response) == (200, False)
    assert "ETag" in client.get("/api/books")


@pytest.mark.urls(__name__)
@pytest.mark.parametrize(
    ("path", "is_cached"),
    [("/declared", True), ("/bookshelf", False), ("/books-export.csv", False), ("/api/books/undeclared", False)],
)
def test_only_views_that_declare_it_are_cached(client: APIClient, path: str, is_cached: bool) -> None:
    find_cached.cache_clear()  # it may have looked the path up in the URLs of the project
    calls.clear()

    responses = [client.get(path) for _ in range(3)]

    assert [response.status_code for response in responses] == [200] * 3
    assert ["ETag" in response for response in responses] == [is_cached] * 3
    assert calls[path] == (1 if is_cached else 3)
