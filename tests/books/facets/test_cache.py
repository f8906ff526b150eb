"""Facets are cached under the catalogue version and the filters' values."""

import pytest
from django.apps import apps
from django.db import connection
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext
from pytest_django.fixtures import Settings

from books import catalogue_version
from books.facets import counted_options
from books.facets.catalogue_facets import CatalogueFacets, build_facets
from books.filters import BookFilter
from books.models import Book
from tests.support.factories import make_book

ALL_APPS = [config.name for config in apps.get_app_configs()]  # so that the next test finds the rows of migrations
pytestmark = pytest.mark.django_db(transaction=True, available_apps=ALL_APPS)


@pytest.fixture(autouse=True)
def read_cache(settings: Settings) -> None:
    settings.READ_CACHE_MB = 1


def build(query: str) -> tuple[CatalogueFacets, int]:
    """The facets, and the number of queries without those of the validation."""
    book_filter = BookFilter(QueryDict(query), queryset=Book.objects.all())
    assert book_filter.is_valid()
    with CaptureQueriesContext(connection) as queries:
        facets = build_facets(book_filter)
    return facets, len(queries)


def test_a_repeated_filter_reads_only_the_catalogue_version() -> None:
    make_book(rating=3, price=10, currency="GBP")

    first, cold = build("max_price=10&rating=3&ordering=title&page=2")
    same, warm = build("rating=3&max_price=10.00&ordering=price")

    assert (cold, warm) == (6, 1)
    assert first.total == same.total
    assert same.facets[0].choices[0].query == "rating=3&ordering=price"


def test_a_read_version_is_not_read_again() -> None:
    version = catalogue_version.read()
    book_filter = BookFilter(QueryDict("rating=3"), queryset=Book.objects.all())
    build_facets(book_filter, version=version)

    with CaptureQueriesContext(connection) as queries:
        build_facets(book_filter, version=version)

    assert len(queries) == 0


@pytest.mark.parametrize("query", ["", "rating=3", "title=book", "author=ann"])
def test_a_write_ends_the_cached_facets(query: str) -> None:
    make_book(title="Book", rating=3, authors=["Ann"])
    assert build(query)[0].total.number == 1
    book = make_book(title="Book 2", rating=3, authors=["Ann"])
    assert build(query)[0].total.number == 2
    book.delete()
    assert build(query)[0].total.number == 1


def test_different_filters_do_not_share_facets() -> None:
    make_book(title="1", in_stock=True)
    make_book(title="2", in_stock=True, missing_since="2026-01-01T00:00Z")

    queries = ("", "in_stock=true", "available=true", "in_stock=false", "category=1", "author=1")
    totals = {query: build(query)[0].total.number for query in queries}

    assert totals == {
        "": 2,
        "in_stock=true": 2,
        "available=true": 1,
        "in_stock=false": 0,
        "category=1": 0,
        "author=1": 0,
    }


def test_the_cache_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    make_book(rating=3)
    monkeypatch.setattr(counted_options.cache._values, "_Cache__maxsize", 20)

    for number in range(50):
        build(f"max_price={number}")

    assert counted_options.cache._values.currsize <= 20
