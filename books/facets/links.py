"""Query strings that add or remove filters, and the list of active filters."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.http import QueryDict

from books.facets.options import PARAMETERS, Option, describe_prices, describe_rating, select_values, to_text

POSITION = ("page", "cursor")  # of a page in the list, which another filter invalidates


@dataclass(frozen=True, slots=True)
class Chip:
    """An active filter in words, and the query string without it."""

    label: str
    query: str


def change_query(data: QueryDict, *, remove: Iterable[str]) -> str:
    """The query string without some filters, without a page number and without empty parameters."""
    removed = {*remove, *POSITION}
    query = QueryDict(mutable=True)
    for name, values in data.lists():
        if name not in removed and any(values):
            query.setlist(name, values)
    return query.urlencode()


def add_to_query(query: str, values: Mapping[str, Any]) -> str:
    added = urlencode({name: to_text(value) for name, value in values.items()})
    return f"{query}&{added}" if query else added


def list_chips(
    data: QueryDict, values: Mapping[str, Any], options: Mapping[str, Iterable[Option]], author: str
) -> list[Chip]:
    """The active filters. `options` are the selected ones of each facet, `author` is the author's name."""
    described = {
        **_describe_texts(values, author),
        **{facet: label for facet in PARAMETERS if (label := _describe_facet(facet, values, options[facet]))},
    }
    return [Chip(label, change_query(data, remove=PARAMETERS.get(name, (name,)))) for name, label in described.items()]


def _describe_texts(values: Mapping[str, Any], author: str) -> dict[str, str]:
    formats = {"title": "title contains {}", "author": "by {}", "isbn": "ISBN {}"}
    shown = {**values, "author": author}
    return {name: text.format(shown[name]) for name, text in formats.items() if name in values}


def _describe_facet(facet: str, values: Mapping[str, Any], selected: Iterable[Option]) -> str:
    given = select_values(values, PARAMETERS[facet])
    if not given:
        return ""
    if facet == "price":
        return describe_prices(given.get("min_price"), given.get("max_price"))
    if facet == "rating":
        return describe_rating(given["rating"])
    labels = [option.label for option in selected]
    return ", ".join(labels) or f"{facet}: {given[facet]}"
