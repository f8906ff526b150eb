"""Queries that the ORM compiles once.

Compiling the statement for a small query takes several times as long as running it. The ORM still provides table
names, dialect and conversions. Without this, uncached lists miss the minimum rate in benchmarks/suite.py.
"""

from collections.abc import Callable
from functools import cached_property
from typing import Any

from django.db import connection
from django.db.models import Expression, QuerySet

Conversion = tuple[int, list[Callable[..., Any]], Any]  # column index, converters, expression


class Parameter(Expression):
    """A placeholder for a value that is supplied when the query runs: `Book.objects.filter(pk=Parameter("pk"))`."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.name = name

    def as_sql(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        return "%s", [self]


class CompiledQuery:
    """For example `CompiledQuery(lambda: Book.objects.filter(pk=Parameter("pk")).values_list("title"))`.

    Parameters are passed to the driver without conversion: integers, text and booleans.
    """

    def __init__(self, compose: Callable[[], QuerySet[Any, tuple[Any, ...]]]) -> None:
        self.compose = compose

    @cached_property
    def _statement(self) -> tuple[str, tuple[Any, ...], list[Conversion]]:
        compiler: Any = self.compose().query.get_compiler(connection=connection)
        statement, parameters = compiler.as_sql()
        # The conversions that the ORM applies to values from the database.
        converters = compiler.get_converters([selected for selected, *_ in compiler.select])
        return statement, parameters, [(column, *each) for column, each in converters.items()]

    def fetch_all(self, **values: Any) -> list[list[Any]]:
        """All rows, with converted values."""
        statement, parameters, conversions = self._statement
        given = [values[part.name] if isinstance(part, Parameter) else part for part in parameters]
        with connection.cursor() as cursor:
            cursor.execute(statement, given)
            rows = [list(row) for row in cursor.fetchall()]
        for column, converters, expression in conversions:
            for row in rows:
                for convert in converters:
                    row[column] = convert(row[column], expression, connection)
        return rows
