"""The view class of a path, from which middleware reads attributes of the view."""

from collections.abc import Iterator

import pytest
from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.views import View

import config.urls
from books.api.views import AuthorViewSet, BookViewSet
from core.web.view_lookup import MAX_CACHED_LENGTH, find_cached, find_view_class
from web.views.home import FrontPageView


class PlainView(View):
    pass


def view_function(request: HttpRequest) -> HttpResponse:
    return HttpResponse()


urlpatterns = [*config.urls.urlpatterns, path("plain", PlainView.as_view()), path("function", view_function)]
pytestmark = pytest.mark.urls(__name__)


@pytest.fixture(autouse=True)
def empty_cache() -> Iterator[None]:
    """The cache does not depend on the URL configuration, which only tests change."""
    find_cached.cache_clear()
    yield
    find_cached.cache_clear()


@pytest.mark.parametrize(
    ("path", "view_class"),
    [
        ("/", FrontPageView),
        ("/plain", PlainView),
        ("/books", BookViewSet),
        ("/api/books", BookViewSet),
        ("/api/books/7", BookViewSet),
        ("/api/authors", AuthorViewSet),
        ("/function", None),
        ("/admin/", None),
        ("/nowhere", None),
        ("/api/books/", None),  # StripTrailingSlashMiddleware has removed the slash
        ("", None),
    ],
)
def test_find_view_class(path: str, view_class: type | None) -> None:
    for _ in range(2):  # the second time from the cache
        assert find_view_class(path) is view_class


def test_long_paths_do_not_fill_the_cache() -> None:
    assert find_view_class("/api/books/7") is BookViewSet

    for number in range(20):
        assert find_view_class(f"/{number}{'a' * MAX_CACHED_LENGTH}") is None

    assert find_cached.cache_info().currsize == 1


def test_only_short_paths_are_cached() -> None:
    """Clients choose paths, and 10,000 long ones would take hundreds of megabytes."""
    prefix = "/api/books/"
    longest = prefix + "7" * (MAX_CACHED_LENGTH - len(prefix))

    find_view_class(longest)
    assert find_cached.cache_info().currsize == 1

    find_view_class(f"{longest}7")
    assert find_cached.cache_info().currsize == 1
