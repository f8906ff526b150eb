"""Queries that the ORM composes once.

To compose the statement for one row anew on each request takes the ORM several times as long as the database needs to
answer it. Composed once, it is still the ORM that knows the tables and the dialect.
"""

from collections.abc import Callable
from functools import cached_property
from typing import Any

from django.db import connection
from django.db.models import Expression, QuerySet

Conversion = tuple[int, list[Callable[..., Any]], Any]  # of the column at a place


class Parameter(Expression):
    """Stands in a query for a value that is given when it runs: `Book.objects.filter(pk=Parameter("pk"))`."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.name = name

    def as_sql(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        return "%s", [self]


class Compiled:
    """Such as `Compiled(lambda: Book.objects.filter(pk=Parameter("pk")).values_list("title"))`.

    Values go to the database as the driver takes them: whole numbers, text and truth.
    """

    def __init__(self, compose: Callable[[], QuerySet[Any, tuple[Any, ...]]]) -> None:
        self.compose = compose

    @cached_property
    def _statement(self) -> tuple[str, tuple[Any, ...], list[Conversion]]:
        compiler: Any = self.compose().query.get_compiler(connection=connection)
        statement, parameters = compiler.as_sql()
        # As the ORM does: what its fields and the database make of a value on its way back.
        converters = compiler.get_converters([column for column, *_ in compiler.select])
        return statement, parameters, [(at, *each) for at, each in converters.items()]

    def first(self, **values: Any) -> tuple[Any, ...] | None:
        """The first row as the driver has it, on SQLite with 0 and 1 for truth; None where there is none."""
        with self._executed(values) as cursor:
            row: tuple[Any, ...] | None = cursor.fetchone()
        return row

    def all(self, **values: Any) -> list[list[Any]]:
        """All rows, with the values that the fields have."""
        with self._executed(values) as cursor:
            rows = [list(row) for row in cursor.fetchall()]
        for at, converters, expression in self._statement[2]:
            for row in rows:
                for convert in converters:
                    row[at] = convert(row[at], expression, connection)
        return rows

    def _executed(self, values: dict[str, Any]) -> Any:
        statement, parameters, _ = self._statement
        cursor = connection.cursor()
        cursor.execute(statement, [values[part.name] if isinstance(part, Parameter) else part for part in parameters])
        return cursor
