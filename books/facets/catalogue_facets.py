"""The facets of a page of the catalogue: how many books each further filter would leave.

The count of a choice applies the filters of all other facets and the choice itself.
"""

from dataclasses import dataclass, replace

from django.http import QueryDict

from books.facets import counted_options
from books.facets.counted_options import CountedOption
from books.facets.links import Chip, change_query, list_chips
from books.facets.options import LABELS, PARAMETERS
from books.filters import BookFilter

MAX_CATEGORIES = 12  # unless all are requested


@dataclass(frozen=True, slots=True)
class Count:
    """A number of books; a lower bound if it is not exact."""

    number: int
    is_exact: bool

    def __str__(self) -> str:
        return f"{self.number:,}{'' if self.is_exact else '+'}"


@dataclass(frozen=True, slots=True)
class Choice:
    """A value of a facet. `query` is the query string that selects it, or removes it if it is selected."""

    label: str
    count: Count
    is_selected: bool
    query: str


@dataclass(frozen=True, slots=True)
class Facet:
    """A filter with the values that leave books; `has_more` if some of them are left out."""

    name: str
    label: str
    choices: list[Choice]
    has_more: bool = False


@dataclass(frozen=True, slots=True)
class CatalogueFacets:
    """`total` counts the books that all filters select. Facets without choices are left out."""

    total: Count
    facets: list[Facet]
    chips: list[Chip]


def build_facets(
    book_filter: BookFilter, *, all_categories: bool = False, version: int | None = None
) -> CatalogueFacets:
    """The facets of a filter that is bound to a QueryDict; none if a value is invalid.

    `version` is the catalogue version, if the caller has read it.
    """
    if not book_filter.is_valid():
        return CatalogueFacets(Count(0, is_exact=True), [], [])
    values = counted_options.active_values(book_filter)
    counted = counted_options.get_or_count(book_filter, values, version)
    facets = [_create_facet(name, options, book_filter.data) for name, options in counted.by_facet.items() if options]
    if not all_categories:
        facets = [_limit_categories(facet) for facet in facets]
    selected = {
        name: [each.option for each in options if each.is_selected] for name, options in counted.by_facet.items()
    }
    chips = list_chips(book_filter.data, values, selected, counted.author)
    return CatalogueFacets(_to_count(counted.total), facets, chips)


def _create_facet(name: str, options: list[CountedOption], data: QueryDict) -> Facet:
    removed = change_query(data, remove=PARAMETERS[name])
    choices = [
        Choice(
            each.option.label,
            _to_count(each.number),
            each.is_selected,
            removed if each.is_selected else change_query(data, remove=PARAMETERS[name], add=each.option.values),
        )
        for each in options
    ]
    return Facet(name, LABELS[name], choices)


def _limit_categories(facet: Facet) -> Facet:
    """Keeps the first categories and the selected one."""
    if facet.name != "category" or len(facet.choices) <= MAX_CATEGORIES:
        return facet
    first, others = facet.choices[:MAX_CATEGORIES], facet.choices[MAX_CATEGORIES:]
    selected = [choice for choice in others if choice.is_selected]
    return replace(facet, choices=first + selected, has_more=len(selected) < len(others))


def _to_count(number: int) -> Count:
    bound = counted_options.BOUND
    return Count(min(number, bound), is_exact=number <= bound)
