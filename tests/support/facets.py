"""Facets of a query string, and counts by the filter alone."""

from typing import Any

from django.http import QueryDict

from books.facets.catalogue_facets import CatalogueFacets, Choice, Facet, build_facets
from books.filters import BookFilter
from books.models import Book


def get_facets(query: str, **options: Any) -> CatalogueFacets:
    return build_facets(BookFilter(QueryDict(query), queryset=Book.objects.published()), **options)


def get_facet(name: str, query: str = "", **options: Any) -> Facet:
    (facet,) = [facet for facet in get_facets(query, **options).facets if facet.name == name]
    return facet


def get_choices(name: str, query: str = "") -> dict[str, Choice]:
    facets = [facet for facet in get_facets(query).facets if facet.name == name]
    return {choice.label: choice for facet in facets for choice in facet.choices}


def count_books(query: str) -> int:
    """Counts by the filter alone. Its ordering prevents a ranked search, which is no queryset."""
    book_filter = BookFilter(QueryDict(f"{query}&ordering=price"), queryset=Book.objects.published())
    assert book_filter.is_valid(), book_filter.errors
    return int(book_filter.qs.count())
