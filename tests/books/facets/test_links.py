"""Links of choices, and active filters and counts in words."""

import pytest
from rest_framework.test import APIClient

from books.facets.catalogue_facets import Count
from tests.support.facets import get_choices, get_facets
from tests.support.factories import make_book, make_category

pytestmark = pytest.mark.django_db


@pytest.mark.usefixtures("books")
@pytest.mark.parametrize(
    ("query", "labels"),
    [
        ("title=music", ["title contains music"]),
        ("author=ann+LEE", ["by Ann Lee"]),
        ("author=<script>", ["by <script>"]),
        ("isbn=0141182636", ["ISBN 9780141182636"]),
        ("category=travel", ["Travel"]),
        ("category=sci fi", ["Sci-Fi"]),
        ("category=nowhere", ["category: nowhere"]),
        ("max_price=40", ["up to 40"]),
        ("min_price=9.90", ["9.90 and more"]),
        ("min_price=10&max_price=20.00", ["10 to 20"]),
        ("min_price=30&max_price=20", ["30 to 20"]),
        ("rating=1", ["1 star"]),
        ("rating=4", ["4 stars"]),
        ("in_stock=true&available=false", ["In stock", "No longer listed"]),
        ("source=open_library", ["Open Library"]),
        ("ordering=price&page=3&limit=24&format=json&rating=", []),
    ],
)
def test_active_filters_in_words(query: str, labels: list[str]) -> None:
    assert [chip.label for chip in get_facets(query).chips] == labels


def test_chips_remove_their_filter_and_the_page_and_keep_the_rest() -> None:
    make_category("Music & Dance")
    query = "title=a%26b&category=music+%26+dance&min_price=1&max_price=2&ordering=-price&limit=24&page=7&rating="

    chips = {chip.label: chip.query for chip in get_facets(query).chips}

    assert chips == {
        "title contains a&b": "category=music+%26+dance&min_price=1&max_price=2&ordering=-price&limit=24",
        "Music & Dance": "title=a%26b&min_price=1&max_price=2&ordering=-price&limit=24",
        "1 to 2": "title=a%26b&category=music+%26+dance&ordering=-price&limit=24",
    }


def test_links_replace_the_value_of_the_same_facet_and_drop_the_cursor() -> None:
    make_book(rating=5, price=15, currency="GBP")

    query = "rating=1&rating=2&min_price=1&max_price=30&cursor=abc&ordering=title"

    assert get_choices("rating", query)["5 stars"].query == "min_price=1&max_price=30&ordering=title&rating=5"
    assert get_choices("price", "max_price=9&min_price=2")["10 to 20"].query == "min_price=10&max_price=20"


@pytest.mark.usefixtures("books")
def test_links_are_valid_queries_of_the_api(client: APIClient) -> None:
    query = "rating=3&ordering=-price&limit=5"
    for facet in get_facets(query).facets:
        for choice in facet.choices:
            response = client.get(f"/api/books?{choice.query}")
            assert response.status_code == 200
            if not choice.is_selected:
                assert response.json()["count"] == choice.count.number


def test_counts_as_text() -> None:
    assert [str(Count(1_234, is_exact=True)), str(Count(10_000, is_exact=False))] == ["1,234", "10,000+"]
