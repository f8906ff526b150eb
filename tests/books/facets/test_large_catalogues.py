"""Facets of a catalogue in which counting takes long: listed completely and by name, with numbers only if cached."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from pytest_django.fixtures import Settings

from books import catalogue_version
from books.facets import counted_options
from books.facets.catalogue_facets import CatalogueFacets
from tests.support.facets import count_books, get_facets
from tests.support.factories import make_book, make_category

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("books")]
LABELS = {
    "price": ["up to 10", "10 to 20", "20 to 30", "30 to 40", "40 to 50", "50 and more"],
    "rating": ["5 stars", "4 stars", "3 stars", "2 stars", "1 star"],
    "in_stock": ["In stock", "Out of stock"],
    "available": ["Still listed", "No longer listed"],
}


@pytest.fixture(autouse=True)
def large_catalogue(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(counted_options, "SMALL", 59)  # of 60 books
    monkeypatch.setattr(counted_options, "FEW_FOUND", 5)


def labels_of(facets: CatalogueFacets) -> dict[str, list[tuple[str, bool, str]]]:
    return {
        facet.name: [(choice.label, choice.is_selected, choice.query) for choice in facet.choices]
        for facet in facets.facets
    }


@pytest.mark.parametrize("query", ["", "rating=4", "category=Travel&max_price=20", "title=book&in_stock=true"])
def test_uncounted_facets_have_the_choices_and_links_of_counted_ones(query: str) -> None:
    uncounted, counted = get_facets(query, may_defer=True), get_facets(query)

    assert labels_of(uncounted) == labels_of(counted)
    assert uncounted.chips == counted.chips
    assert (uncounted.is_complete, counted.is_complete) == (True, True)
    assert (uncounted.is_counted, counted.is_counted) == (False, True)
    assert {str(choice.count) for facet in uncounted.facets for choice in facet.choices} == {""}
    assert counted.total.number == count_books(query)
    for choice in (choice for facet in counted.facets for choice in facet.choices if not choice.is_selected):
        assert choice.count.number == count_books(choice.query)


def test_choices_without_books_are_listed_and_categories_are_sorted_by_name() -> None:
    make_category("Aviation")

    choices = {facet.name: [choice.label for choice in facet.choices] for facet in get_facets("rating=3").facets}

    assert {name: choices[name] for name in LABELS} == LABELS
    assert choices["category"] == sorted(choices["category"])
    assert "Aviation" in choices["category"]


def test_few_books_found_by_text_are_counted_at_once() -> None:
    for number in range(5):
        make_book(title=f"Odes {number}", category=make_category("Poetry"))

    few = get_facets("title=odes", may_defer=True)
    make_book(title="Odes 5")
    many = get_facets("title=odes", may_defer=True)

    assert few.total.number == 5
    assert [choice.label for choice in few.facets[0].choices] == ["Poetry"]
    assert not many.is_counted


def test_a_small_catalogue_is_counted_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(counted_options, "SMALL", 60)

    facets = get_facets("", may_defer=True)

    assert (facets.is_counted, facets.is_complete) == (True, False)


def test_cached_numbers_are_not_deferred(settings: Settings) -> None:
    settings.READ_CACHE_MB = 1
    version = catalogue_version.read()
    counted = get_facets("rating=3", version=version)

    with CaptureQueriesContext(connection) as queries:
        assert get_facets("rating=3", version=version, may_defer=True) == counted

    assert [query["sql"] for query in queries if "COUNT(*)" in query["sql"]] == []


def test_uncounted_facets_count_nothing() -> None:
    with CaptureQueriesContext(connection) as queries:
        get_facets("category=travel", may_defer=True)

    assert [query["sql"] for query in queries if "COUNT(*)" in query["sql"]] == []
