"""The options of all facets with their numbers of books, cached under the catalogue version and the filters.

Counting takes a few milliseconds in a small catalogue and up to 375 ms in a large one. A page of a large catalogue is
therefore sent without numbers that are not cached. All of its options are then listed by name, also after they were
counted, so that nothing moves when the numbers arrive.
"""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db.models import QuerySet

from books import catalogue_version
from books.facets.conditions import to_condition
from books.facets.counting import Counts, count_by_index, count_in_rows
from books.facets.options import PARAMETERS, Categories, Option, list_options, select_values, to_text
from books.filters import CatalogueFilter, id_or_name
from books.models import Author, Book
from core.db.versioned_cache import VersionedCache

BOUND = 10_000  # up to which books are counted
SMALL = 10_000  # books that are counted in about ten milliseconds
FEW_FOUND = 500  # the same for books that are found by their text
MAX_CACHED_OPTIONS = 50_000  # of all cached results, about 10 MB
TEXT_FILTERS = ("title", "author", "isbn")
FACET_FILTERS = tuple(name for names in PARAMETERS.values() for name in names)


@dataclass(frozen=True, slots=True)
class CountedOption:
    """`number` is above the bound if more books exist, and None if it was not counted."""

    option: Option
    number: int | None
    is_selected: bool


@dataclass(frozen=True, slots=True)
class CountedOptions:
    """`author` is the name of the filter's author.

    Without options that no book has, unless they are selected or `is_complete` is true.
    """

    total: int | None
    by_facet: dict[str, list[CountedOption]]
    author: str
    is_complete: bool

    def size(self) -> int:
        return 1 + sum(map(len, self.by_facet.values()))


cache: VersionedCache[CountedOptions] = VersionedCache(MAX_CACHED_OPTIONS, CountedOptions.size)


def active_values(book_filter: CatalogueFilter) -> dict[str, Any]:
    """The cleaned values of a valid filter that select books."""
    values = select_values(book_filter.form.cleaned_data, TEXT_FILTERS + FACET_FILTERS)
    return {name: value for name, value in values.items() if value not in (None, "")}


def load_options(
    book_filter: CatalogueFilter, values: dict[str, Any], version: int | None, *, may_defer: bool
) -> CountedOptions:
    """The cached or counted options; options without numbers if counting takes long and `may_defer` is true.

    `version` is the catalogue version; None if it has not been read.
    """
    version = catalogue_version.read() if version is None else version
    key = repr([(name, to_text(value)) for name, value in values.items()]).encode()
    if version is not None and settings.READ_CACHE_MB and (cached := cache.get(version, key)) is not None:
        return cached
    found = _find_by_text(book_filter, values)
    is_complete = not _counts_fast(found)
    if may_defer and is_complete:
        return _list_uncounted_options(values)
    result = _count_options(found, values, is_complete=is_complete)
    if version is not None and settings.READ_CACHE_MB:
        cache.set(version, key, result)
    return result


def _counts_fast(found: QuerySet[Book] | None) -> bool:
    books, limit = (Book.objects.all(), SMALL) if found is None else (found, FEW_FOUND)
    return not books.order_by()[limit : limit + 1].exists()


def _list_uncounted_options(values: dict[str, Any]) -> CountedOptions:
    categories = Categories()
    active = _select_active(values, categories)
    by_facet = {
        facet: [CountedOption(option, None, _is_selected(facet, option, active)) for option in options]
        for facet, options in list_options(categories).items()
    }
    return CountedOptions(None, by_facet, _find_author(values.get("author")), is_complete=True)


def _count_options(found: QuerySet[Book] | None, values: dict[str, Any], *, is_complete: bool) -> CountedOptions:
    categories = Categories()
    options = list_options(categories)
    active = _select_active(values, categories)
    counts = _count(found, active, options)
    by_facet = {
        facet: [
            CountedOption(option, number, is_selected)
            for option, number in zip(options[facet], numbers, strict=True)
            if (is_selected := _is_selected(facet, option, active)) or number or is_complete
        ]
        for facet, numbers in _split(counts, options).items()
    }
    if not is_complete:
        by_facet["category"].sort(key=lambda each: -(each.number or 0))
    return CountedOptions(counts.by_condition[0], by_facet, _find_author(values.get("author")), is_complete)


def _select_active(values: dict[str, Any], categories: Categories) -> dict[str, Any]:
    """The active filters of facets; the category as ids."""
    active = select_values(values, FACET_FILTERS)
    return {**active, "category": categories.find(active["category"])} if "category" in active else active


def _count(found: QuerySet[Book] | None, active: dict[str, Any], options: dict[str, list[Option]]) -> Counts:
    """The first condition consists of all filters. The others are the options' of all facets but the category."""
    conditions = [to_condition(active)]
    for facet, facet_options in options.items():
        if facet != "category":
            others = _without_facet(active, facet)
            conditions += [to_condition({**others, **option.values}) for option in facet_options]
    in_category = to_condition(_without_facet(active, "category"))
    if found is None:
        return count_by_index(conditions, in_category, bound=BOUND)
    return count_in_rows(found, conditions, in_category)


def _find_by_text(book_filter: CatalogueFilter, values: dict[str, Any]) -> QuerySet[Book] | None:
    """The books that the title, the author or the ISBN selects; None without such a filter."""
    texts = select_values(values, TEXT_FILTERS)
    books: QuerySet[Book] = Book.objects.published()
    for name, value in texts.items():
        books = book_filter.filters[name].filter(books, value)
    return books if texts else None


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
