"""Labels of sources in the admin's list of books."""

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


def with_source_labels(books: QuerySet[Book]) -> QuerySet[Book]:
    """Adds `source_label`, which is the name if the source is not registered."""
    label = Source.objects.filter(name=OuterRef("source")).values("label")
    return books.annotate(source_label=Coalesce(Subquery(label), F("source")))
