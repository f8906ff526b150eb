"""The facets of a page of the catalogue: how many books each further filter would leave.

The count of a choice applies the filters of all other facets and the choice itself.
"""

from dataclasses import dataclass

from django.http import QueryDict

from books.facets import counted_options
from books.facets.counted_options import CountedOption
from books.facets.links import Chip, add_to_query, change_query, list_chips
from books.facets.options import LABELS, PARAMETERS
from books.filters import CatalogueFilter

MAX_CATEGORIES = 12  # unless all are requested


@dataclass(frozen=True, slots=True)
class Count:
    """A number of books; a lower bound if it is not exact. The text of NOT_COUNTED is empty."""

    number: int
    is_exact: bool

    def __str__(self) -> str:
        return "" if self == NOT_COUNTED else f"{self.number:,}{'' if self.is_exact else '+'}"


NOT_COUNTED = Count(0, is_exact=False)


@dataclass(frozen=True, slots=True)
class Choice:
    """A value of a facet. `query` is the query string that selects it, or removes it if it is selected."""

    label: str
    count: Count
    is_selected: bool
    query: str


@dataclass(frozen=True, slots=True)
class Facet:
    """A filter with its values; `has_more` if some of them are left out."""

    name: str
    label: str
    choices: list[Choice]
    has_more: bool = False


@dataclass(frozen=True, slots=True)
class CatalogueFacets:
    """`total` counts the books that all filters select.

    Values without books are left out, unless `is_complete` is true, and so are facets without values.
    """

    total: Count
    facets: list[Facet]
    chips: list[Chip]
    is_complete: bool = False

    @property
    def is_counted(self) -> bool:
        return self.total != NOT_COUNTED


def build_facets(
    book_filter: CatalogueFilter,
    *,
    data: QueryDict | None = None,
    all_categories: bool = False,
    version: int | None = None,
    may_defer: bool = False,
) -> CatalogueFacets:
    """The facets of a filter that is bound to a QueryDict; none if a value is invalid.

    `data` are the parameters that links keep, by default those of the filter. `version` is the catalogue version, if
    the caller has read it. If `may_defer` is true, books are not counted where that takes long.
    """
    if not book_filter.is_valid():
        return CatalogueFacets(Count(0, is_exact=True), [], [])
    data = book_filter.data if data is None else data
    values = counted_options.active_values(book_filter)
    counted = counted_options.load_options(book_filter, values, version, may_defer=may_defer)
    facets = [
        _create_facet(name, options, data, limit=MAX_CATEGORIES if name == "category" and not all_categories else None)
        for name, options in counted.by_facet.items()
        if options
    ]
    selected = {
        name: [each.option for each in options if each.is_selected] for name, options in counted.by_facet.items()
    }
    chips = list_chips(data, values, selected, counted.author)
    return CatalogueFacets(_to_count(counted.total), facets, chips, counted.is_complete)


def _create_facet(name: str, options: list[CountedOption], data: QueryDict, *, limit: int | None) -> Facet:
    """Keeps the first options and the selected one."""
    removed = change_query(data, remove=PARAMETERS[name])
    kept = [each for index, each in enumerate(options) if limit is None or index < limit or each.is_selected]
    choices = [
        Choice(
            each.option.label,
            _to_count(each.number),
            each.is_selected,
            removed if each.is_selected else add_to_query(removed, each.option.values),
        )
        for each in kept
    ]
    return Facet(name, LABELS[name], choices, has_more=len(kept) < len(options))


def _to_count(number: int | None) -> Count:
    if number is None:
        return NOT_COUNTED
    bound = counted_options.BOUND
    return Count(min(number, bound), is_exact=number <= bound)
