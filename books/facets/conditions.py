"""The facets' filters as SQL conditions on columns that the indexes of books contain.

Not as querysets, because compiling thirty of them takes longer than counting with them.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

COMPARISONS = {"source": "source = %s", "rating": "rating = %s", "min_price": "price >= %s", "max_price": "price <= %s"}
Values = Mapping[str, Any]  # cleaned values of active filters; the category as a collection of ids


@dataclass(frozen=True, slots=True)
class Condition:
    """A condition on columns of books, with its parameters."""

    sql: str
    parameters: tuple[Any, ...] = ()


def to_condition(values: Values) -> Condition:
    """The published books that all filters select."""
    parts = [*(_compare(name, value) for name, value in values.items()), Condition("is_published")]
    return Condition(
        " AND ".join(part.sql for part in parts), tuple(each for part in parts for each in part.parameters)
    )


def _compare(name: str, value: Any) -> Condition:
    if name == "category":
        return _is_in_categories(value)
    if name == "available":
        return Condition(f"missing_since IS {'NULL' if value else 'NOT NULL'}")
    if name == "in_stock":
        return Condition("in_stock IN (%s)", (value,))  # SQLite uses no index for `WHERE in_stock`
    return Condition(COMPARISONS[name], (value,))


def _is_in_categories(ids: Collection[int]) -> Condition:
    return Condition(f"category_id IN ({', '.join(['%s'] * len(ids))})", tuple(ids)) if ids else Condition("1 = 0")
