"""Queries that the ORM composes once.

To compose the statement for one row anew on each request takes the ORM several times as long as the database needs to
answer it. Composed once, it is still the ORM that knows the tables and the dialect.
"""

from collections.abc import Callable
from functools import cached_property
from typing import Any

from django.db import connection
from django.db.models import Expression, QuerySet


class Parameter(Expression):
    """Stands in a query for a value that is given when it runs: `Book.objects.filter(pk=Parameter("pk"))`."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.name = name

    def as_sql(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        return "%s", [self]


class Compiled:
    """Such as `Compiled(lambda: Book.objects.filter(pk=Parameter("pk")).values_list("title"))`.

    Values go to the database and come back as the driver has them: right for whole numbers, text and, as 0 and 1 on
    SQLite, truth; decimals and times would need the fields' conversions.
    """

    def __init__(self, compose: Callable[[], QuerySet[Any, tuple[Any, ...]]]) -> None:
        self.compose = compose

    @cached_property
    def _statement(self) -> tuple[str, tuple[Any, ...]]:
        return self.compose().query.sql_with_params()

    def first(self, **values: Any) -> tuple[Any, ...] | None:
        """The first row; None where there is none."""
        statement, parameters = self._statement
        given = [values[part.name] if isinstance(part, Parameter) else part for part in parameters]
        with connection.cursor() as cursor:
            cursor.execute(statement, given)
            row: tuple[Any, ...] | None = cursor.fetchone()
        return row
