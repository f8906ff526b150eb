"""The options of all facets with their numbers of books, cached under the catalogue version and the filters."""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db.models import QuerySet

from books import catalogue_version
from books.facets.conditions import to_condition
from books.facets.counting import Counts, count_by_index, count_in_rows
from books.facets.options import PARAMETERS, Categories, Option, list_options, select_values, to_text
from books.filters import BookFilter, id_or_name
from books.models import Author, Book
from core.db.versioned_cache import VersionedCache

BOUND = 10_000  # up to which books are counted
MAX_CACHED_OPTIONS = 50_000  # of all cached results, about 10 MB
TEXT_FILTERS = ("title", "author", "isbn")
FACET_FILTERS = tuple(name for names in PARAMETERS.values() for name in names)


@dataclass(frozen=True, slots=True)
class CountedOption:
    """`number` is above the bound if more books exist."""

    option: Option
    number: int
    is_selected: bool


@dataclass(frozen=True, slots=True)
class CountedOptions:
    """Without options that no book has, unless they are selected. `author` is the name of the filter's author."""

    total: int
    by_facet: dict[str, list[CountedOption]]
    author: str

    def size(self) -> int:
        return 1 + sum(map(len, self.by_facet.values()))


cache: VersionedCache[CountedOptions] = VersionedCache(MAX_CACHED_OPTIONS, CountedOptions.size)


def active_values(book_filter: BookFilter) -> dict[str, Any]:
    """The cleaned values of a valid filter that select books."""
    values = select_values(book_filter.form.cleaned_data, TEXT_FILTERS + FACET_FILTERS)
    return {name: value for name, value in values.items() if value not in (None, "")}


def get_or_count(book_filter: BookFilter, values: dict[str, Any], version: int | None) -> CountedOptions:
    """`version` is the catalogue version; None if it has not been read."""
    version = catalogue_version.read() if version is None else version
    if version is None or not settings.READ_CACHE_MB:
        return _count_options(book_filter, values)
    key = repr([(name, to_text(value)) for name, value in values.items()]).encode()
    if (result := cache.get(version, key)) is None:
        cache.set(version, key, result := _count_options(book_filter, values))
    return result


def _count_options(book_filter: BookFilter, values: dict[str, Any]) -> CountedOptions:
    categories = Categories()
    options = list_options(categories)
    active = select_values(values, FACET_FILTERS)
    if "category" in active:
        active["category"] = categories.find(active["category"])
    counts = _count(book_filter, values, active, options)
    by_facet = {
        facet: [
            CountedOption(option, number, is_selected)
            for option, number in zip(options[facet], numbers, strict=True)
            if (is_selected := _is_selected(facet, option, active)) or number
        ]
        for facet, numbers in _split(counts, options).items()
    }
    by_facet["category"].sort(key=lambda each: -each.number)
    return CountedOptions(counts.by_condition[0], by_facet, _find_author(values.get("author")))


def _count(
    book_filter: BookFilter, values: dict[str, Any], active: dict[str, Any], options: dict[str, list[Option]]
) -> Counts:
    """The first condition consists of all filters. The others are the options' of all facets but the category."""
    conditions = [to_condition(active)]
    for facet, facet_options in options.items():
        if facet != "category":
            others = _without_facet(active, facet)
            conditions += [to_condition({**others, **option.values}) for option in facet_options]
    in_category = to_condition(_without_facet(active, "category"))
    texts = select_values(values, TEXT_FILTERS)
    if texts:
        return count_in_rows(_filter_by_texts(book_filter, texts), conditions, in_category)
    return count_by_index(conditions, in_category, bound=BOUND)


def _filter_by_texts(book_filter: BookFilter, texts: dict[str, Any]) -> QuerySet[Book]:
    books: QuerySet[Book] = Book.objects.published()
    for name, value in texts.items():
        books = book_filter.filters[name].filter(books, value)
    return books


def _without_facet(active: dict[str, Any], facet: str) -> dict[str, Any]:
    return {name: value for name, value in active.items() if name not in PARAMETERS[facet]}


def _split(counts: Counts, options: dict[str, list[Option]]) -> dict[str, list[int]]:
    """The numbers of each facet's options."""
    numbers = iter(counts.by_condition[1:])
    return {
        facet: [
            sum(counts.by_category.get(key, 0) for key in option.category_ids) if facet == "category" else next(numbers)
            for option in facet_options
        ]
        for facet, facet_options in options.items()
    }


def _is_selected(facet: str, option: Option, active: dict[str, Any]) -> bool:
    if facet == "category":
        return not option.category_ids.isdisjoint(active.get("category", ()))
    return option.values == select_values(active, PARAMETERS[facet])


def _find_author(value: str | None) -> str:
    """The author's usual name; the value itself if it is a name from a single book or names no author."""
    if value is None:
        return ""
    return Author.objects.published().filter(id_or_name(value)).values_list("name", flat=True).first() or value
