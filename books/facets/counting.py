"""Counts books under many conditions at once, each up to a bound.

Counts along indexes read at most `bound` entries of each condition that is common, and at most the entries of one
filter of each condition that is rare. Counts in found rows read these rows once.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet

from books.facets.conditions import Condition
from books.models import Book

COLUMNS = ("category_id", "source", "rating", "price", "availability", "is_published", "missing_since")


@dataclass(frozen=True, slots=True)
class Counts:
    """Numbers of books; a number above the bound means that more exist."""

    by_condition: list[int]  # in the order of the conditions
    by_category: dict[int, int]


def count_by_index(conditions: Sequence[Condition], in_category: Condition, *, bound: int) -> Counts:
    """Counts the books of the catalogue: those of each condition, and those of `in_category` by their category."""
    counted = [in_category, *conditions]
    parameters = [value for condition in counted for value in condition.parameters]
    (row,) = _fetch_all(f"SELECT {', '.join(_count_up_to(condition.sql, bound) for condition in counted)}", parameters)
    total, *numbers = row
    # Few books are grouped. Of many, each category's are counted along the index of categories, which `IS TRUE` forces.
    of_category = _count_up_to(f"category_id = category.id AND ({in_category.sql}) IS TRUE", bound)
    query = (
        f"SELECT category_id + 0, COUNT(*) FROM books_book WHERE {in_category.sql} GROUP BY category_id + 0"
        if total <= bound
        else f"SELECT id, {of_category} FROM books_category AS category"
    )
    return Counts(numbers, dict(_fetch_all(query, in_category.parameters)))


def count_in_rows(rows: QuerySet[Book], conditions: Sequence[Condition], in_category: Condition) -> Counts:
    """The same for some books, which are read once. The counts are exact."""
    all_conditions = [in_category, *conditions]
    try:
        books, parameters = rows.order_by().values(*COLUMNS).query.sql_with_params()
    except EmptyResultSet:
        return Counts([0] * len(conditions), {})
    numbers = ", ".join(f"COUNT(*) FILTER (WHERE {condition.sql})" for condition in all_conditions)
    # `+ 0`, so that SQLite does not read the rows in the order of the index of categories.
    query = f"SELECT category_id + 0, {numbers} FROM ({books}) AS found GROUP BY category_id + 0"
    groups = _fetch_all(query, [*(each for condition in all_conditions for each in condition.parameters), *parameters])
    by_category = {category: number for category, number, *_ in groups if category is not None}
    return Counts([sum(group[column] for group in groups) for column in range(2, len(conditions) + 2)], by_category)


def _count_up_to(condition: str, bound: int) -> str:
    return f"(SELECT COUNT(*) FROM (SELECT 1 FROM books_book WHERE {condition} LIMIT {bound + 1}) AS found)"


def _fetch_all(query: str, parameters: Sequence[Any]) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(query, parameters)
        return list(cursor.fetchall())
