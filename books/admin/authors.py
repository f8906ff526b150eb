"""Authors and categories in the admin."""

from typing import Any

from django.contrib import admin
from django.db.models import Count, QuerySet
from django.http import HttpRequest

from books.models import Author, Category
from core.admin_mixins import FoldedSearchMixin, UpdateOnlyMixin


class NamedAdmin(UpdateOnlyMixin, FoldedSearchMixin, admin.ModelAdmin[Any]):
    list_display = ["name", "number_of_books"]
    search_fields = ["name_key__contains"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows: QuerySet[Any] = super().get_queryset(request).annotate(number_of_books=Count("books"))
        return rows

    @admin.display(description="books", ordering="number_of_books")
    def number_of_books(self, row: Any) -> int:
        return int(row.number_of_books)


@admin.register(Author)
class AuthorAdmin(NamedAdmin):
    pass


@admin.register(Category)
class CategoryAdmin(NamedAdmin):
    pass
