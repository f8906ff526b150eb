"""The facets' filters as SQL conditions on columns that the indexes of books contain.

Not as querysets, because compiling thirty of them takes longer than counting with them.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from books.availability import list_values

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
        return _is_one_of("category_id", value)
    if name == "available":
        return Condition(f"missing_since IS {'NULL' if value else 'NOT NULL'}")
    if name == "in_stock":
        return _is_one_of("availability", list_values(in_stock=value))
    return Condition(COMPARISONS[name], (value,))


def _is_one_of(column: str, values: Collection[Any]) -> Condition:
    placeholders = ", ".join(["%s"] * len(values))
    return Condition(f"{column} IN ({placeholders})", tuple(values)) if values else Condition("1 = 0")
