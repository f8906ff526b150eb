"""Filters of the admin's list of books, and the labels of sources."""

from collections.abc import Iterator
from copy import copy
from typing import Any

from django.contrib import admin
from django.db import models
from django.db.models import F, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from books.models import Book, Source


class SourceListFilter(admin.ChoicesFieldListFilter):
    """The choices are the registered sources."""

    def __init__(self, field: models.CharField[Any, Any], *args: Any, **options: Any) -> None:
        field = copy(field)
        field.choices = list(Source.objects.values_list("name", "label"))
        super().__init__(field, *args, **options)


class ListedFilter(admin.EmptyFieldListFilter):
    """Whether the source still lists the book, which is when `missing_since` is empty."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.title = "listed by the source"

    def choices(self, changelist: Any) -> Iterator[Any]:
        for choice, answer in zip(super().choices(changelist), (None, "Yes", "No"), strict=True):
            yield {**choice, "display": answer or choice["display"]}


class PublishedFilter(admin.BooleanFieldListFilter):
    """Which books members entered that wait for publication."""

    def choices(self, changelist: Any) -> Iterator[Any]:
        for choice, answer in zip(super().choices(changelist), (None, "Yes", "No, waits for publication"), strict=True):
            yield {**choice, "display": answer or choice["display"]}


def with_source_labels(books: QuerySet[Book]) -> QuerySet[Book]:
    """Adds `source_label`, which is the name if the source is not registered."""
    label = Source.objects.filter(name=OuterRef("source")).values("label")
    return books.annotate(source_label=Coalesce(Subquery(label), F("source")))
