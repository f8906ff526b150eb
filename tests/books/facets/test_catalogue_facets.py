"""Facets of the catalogue, compared with counts of the filtered books."""

from collections.abc import Iterator
from random import Random
from urllib.parse import parse_qs, urlencode

import pytest
from django.db import connection
from django.http import QueryDict
from django.test.utils import CaptureQueriesContext

from books.facets import counted_options
from books.facets.catalogue_facets import MAX_CATEGORIES, CatalogueFacets, Choice, Count, build_facets
from books.filters import BookFilter
from books.models import Book, Category, Source
from tests.support.facets import count_books, get_choices, get_facet, get_facets
from tests.support.factories import make_book, make_category

pytestmark = pytest.mark.django_db

VALUES: dict[str, list[str]] = {
    "title": ["book", "bo", "seven", "book 1", "nothing"],
    "author": ["Ann Lee", "bea", "Nobody"],
    "category": ["Travel", "sci-fi", "1984", "nowhere"],
    "source": ["manual", "open_library"],
    "rating": ["1", "3", "5"],
    "min_price": ["0", "10", "12.5", "50"],
    "max_price": ["10", "20.00", "45.50", "1e1"],
    "in_stock": ["true", "false"],
    "available": ["true", "false"],
    "isbn": ["9780141182636"],
}  # fmt: skip


def every_query(facet: str) -> Iterator[dict[str, str]]:
    """The parameters of every choice that a facet can have."""
    yield from {
        "category": [{"category": name} for name in Category.objects.values_list("name", flat=True)],
        "price": [
            {"max_price": "10"}, {"min_price": "10", "max_price": "20"}, {"min_price": "20", "max_price": "30"},
            {"min_price": "30", "max_price": "40"}, {"min_price": "40", "max_price": "50"}, {"min_price": "50"},
        ],
        "rating": [{"rating": str(rating)} for rating in range(1, 6)],
        "in_stock": [{"in_stock": value} for value in ("true", "false")],
        "available": [{"available": value} for value in ("true", "false")],
        "source": [{"source": name} for name in Source.objects.values_list("name", flat=True)],
    }[facet]  # fmt: skip


def check_facets(query: dict[str, str]) -> None:
    facets = get_facets(urlencode(query))
    assert facets.total == Count(count_books(urlencode(query)), is_exact=True)
    found = {facet.name: facet.choices for facet in facets.facets}
    for name in ("category", "price", "rating", "in_stock", "available", "source"):
        removed = {"min_price", "max_price"} if name == "price" else {name}
        others = {key: value for key, value in query.items() if key not in removed}
        expected = {count for each in every_query(name) if (count := count_books(urlencode({**others, **each})))}
        shown = found.get(name, [])
        assert {choice.count.number for choice in shown} - {0} == expected, (query, name)
        for choice in shown:
            check_choice(choice, query, others)


def check_choice(choice: Choice, query: dict[str, str], others: dict[str, str]) -> None:
    given = {key: values[0] for key, values in parse_qs(choice.query, strict_parsing=bool(choice.query)).items()}
    if choice.is_selected:
        assert (given, choice.count.number) == (others, count_books(urlencode(query)))
    else:
        assert others.items() < given.items()
        assert choice.count == Count(count_books(choice.query), is_exact=True), (query, choice)
        assert choice.label in [each.label for facet in get_facets(choice.query).facets for each in facet.choices
                                if each.is_selected]  # fmt: skip


@pytest.mark.usefixtures("books")
@pytest.mark.parametrize("seed", range(12))
def test_counts_and_links_agree_with_the_filter(seed: int) -> None:
    random = Random(seed)
    for _ in range(4):
        names = random.sample(sorted(VALUES), random.choice([1, 2, 2, 3, 4]))
        check_facets({name: random.choice(VALUES[name]) for name in names})


@pytest.mark.usefixtures("books")
@pytest.mark.parametrize(("name", "value"), [(name, value) for name, values in VALUES.items() for value in values])
def test_counts_of_each_single_filter_agree_with_the_filter(name: str, value: str) -> None:
    check_facets({name: value})


@pytest.mark.usefixtures("books")
def test_the_whole_catalogue_has_all_facets_and_no_chips() -> None:
    check_facets({})

    facets = get_facets("")

    assert [facet.name for facet in facets.facets] == ["category", "price", "rating", "in_stock", "available", "source"]
    assert facets.chips == []
    assert facets.total == Count(60, is_exact=True)


def test_an_empty_catalogue_has_no_facets() -> None:
    assert get_facets("") == CatalogueFacets(Count(0, is_exact=True), [], [])


@pytest.mark.usefixtures("books")
def test_a_selected_choice_without_books_is_shown() -> None:
    choice = get_choices("rating", "rating=4&title=book")["4 stars"]

    assert (choice.count, choice.is_selected, choice.query) == (Count(0, is_exact=True), True, "title=book")


def test_categories_whose_names_fold_alike_are_one_choice() -> None:
    make_book(category=make_category("Sci-Fi"))
    make_book(category=make_category("Sci Fi"))

    (choice,) = get_facet("category").choices

    assert choice.count.number == 2
    assert count_books(choice.query) == 2


def test_a_category_named_by_another_ones_id_counts_what_its_link_selects() -> None:
    travel = make_category("Travel")
    make_book(category=travel)
    make_book(category=make_category(str(travel.pk)))

    choices = get_choices("category")

    assert {label: choice.count.number for label, choice in choices.items()} == {"Travel": 1, str(travel.pk): 2}
    assert count_books(choices[str(travel.pk)].query) == 2


def test_a_category_is_selected_by_its_id() -> None:
    book = make_book(category=make_category("Travel"))

    assert get_choices("category", f"category={book.category_id}")["Travel"].is_selected
    assert [chip.label for chip in get_facets(f"category={book.category_id}").chips] == ["Travel"]


def test_a_category_whose_name_folds_to_nothing_is_linked_by_its_id() -> None:
    book = make_book(category=make_category("\u0301"))

    (choice,) = get_facet("category").choices

    assert choice.query == f"category={book.category_id}"
    assert count_books(choice.query) == 1


def test_the_largest_categories_and_the_selected_one_are_shown() -> None:
    for number in range(MAX_CATEGORIES + 2):
        for _ in range(number // 4 + 1):
            make_book(category=make_category(f"C{number:02}"))

    labels = [choice.label for choice in get_facet("category").choices]
    selected = get_facet("category", "category=c01")

    assert labels == ["C12", "C13", "C08", "C09", "C10", "C11", "C04", "C05", "C06", "C07", "C00", "C01"]
    assert get_facet("category").has_more
    assert [choice.label for choice in get_facet("category", "category=C03").choices] == [*labels, "C03"]
    assert [choice.label for choice in selected.choices] == labels
    everything = get_facet("category", all_categories=True)
    assert (len(everything.choices), everything.has_more) == (MAX_CATEGORIES + 2, False)


@pytest.mark.usefixtures("books")
@pytest.mark.parametrize("query", ["", "title=book", "rating=3", "available=true&title=bo", "author=Ann Lee"])
def test_counts_above_the_bound_are_lower_bounds(monkeypatch: pytest.MonkeyPatch, query: str) -> None:
    exact = get_facets(query)
    monkeypatch.setattr(counted_options, "BOUND", 5)

    bounded = get_facets(query)

    assert bounded.total == Count(5, is_exact=False)
    for facet in exact.facets:
        counts = {choice.label: choice.count.number for choice in facet.choices}
        (shown,) = [each for each in bounded.facets if each.name == facet.name]
        assert {choice.label: choice.count for choice in shown.choices} == {
            label: Count(min(number, 5), is_exact=number <= 5) for label, number in counts.items()
        }
    assert any(not choice.count.is_exact for facet in bounded.facets for choice in facet.choices)
    assert any(choice.count.is_exact for facet in bounded.facets for choice in facet.choices)


@pytest.mark.parametrize(
    "query",
    [
        "rating=6", "rating=x", "min_price=NaN", "max_price=-1", "in_stock=maybe", "source=amazon", "isbn=12",
        "title=a%00b", "title=%CC%81", "category=" + "x" * 501, "ordering=colour", "title=a",
    ],
)  # fmt: skip
def test_an_invalid_value_leaves_the_errors_to_the_filter(query: str) -> None:
    book_filter = BookFilter(QueryDict(query), queryset=Book.objects.all())

    assert build_facets(book_filter) == CatalogueFacets(Count(0, is_exact=True), [], [])
    assert set(book_filter.errors) == {query.partition("=")[0]}


@pytest.mark.usefixtures("books")
@pytest.mark.parametrize(
    "value", ["%25", "' OR 1=1 --", "%s %(x)s", "9" * 400, "\u202e12", "１９８４", "é" * 500, "\ud800", "{0} x", "<b>x"]
)
@pytest.mark.parametrize("name", ["title", "author", "category"])
def test_hostile_text_is_counted_like_any_other(name: str, value: str) -> None:
    query = urlencode({name: value}, errors="replace")

    assert get_facets(query).total.number == count_books(query)


@pytest.mark.usefixtures("books")
def test_many_title_matches_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    """With more matches than are found by the index, the titles are scanned."""
    monkeypatch.setattr(BookFilter, "max_sorted", 5)

    check_facets({"title": "book", "rating": "3"})
    check_facets({"title": "seven"})


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        # Whether the catalogue is small, categories, sources, counts, counts by category.
        ("", 5),
        ("rating=3", 5),
        ("rating=3&category=travel&in_stock=true&source=manual&min_price=10&available=true", 5),
        # Matching titles, whether they are few, categories, sources, counts.
        ("title=seven", {"sqlite": 6, "postgresql": 5}),
        ("title=seven&rating=3&category=travel", {"sqlite": 6, "postgresql": 5}),
        ("isbn=0141182636", 4),
        ("author=Ann Lee&rating=3", 5),  # and the author's name
    ],
)
@pytest.mark.usefixtures("books")
def test_the_number_of_queries_is_fixed(query: str, expected: int | dict[str, int]) -> None:
    def count_queries() -> int:
        book_filter = BookFilter(QueryDict(query), queryset=Book.objects.all())
        assert book_filter.is_valid()
        with CaptureQueriesContext(connection) as queries:
            build_facets(book_filter, version=1)
        return len(queries)

    get_facets("title=eight")  # samples the frequencies of trigrams
    number = expected if isinstance(expected, int) else expected[connection.vendor]

    assert count_queries() == number
    for each in range(10):
        make_book(title=f"Seven {each}", category=make_category(f"New {each}"), authors=["Cid"], rating=3)
        Source.objects.create(name=f"shop-{each}", label=f"Shop {each}")
    assert count_queries() == number
