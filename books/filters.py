"""Filters of the catalogue's lists."""

from datetime import datetime
from typing import Any

import django_filters
from django import forms
from django.db.models import Q, QuerySet
from drf_spectacular.utils import extend_schema_field

from books.availability import CHOICES, list_values
from books.isbn import describe_error, parse_isbn
from books.models import Author, Authorship, Book, Category, Source
from books.search.titles import (
    MAX_SORTED,
    MIN_LETTERS,
    author_name_contains,
    name_contains,
    rank_by_title,
    title_contains,
)
from core.filters import (
    FoldedTextField,
    FoldedTextFilter,
    MomentFilter,
    StableOrderingFilter,
    StrictBooleanFilter,
    StrictChoiceFilter,
    WholeNumberFilter,
)
from core.text import fold, fold_to_key

TITLE_HELP = (
    "Part of the title; case, accents and punctuation are ignored. Two letters match the start of a word. The best "
    "matches come first if there is no other filter or ordering."
)
PRICE_PATTERN = r"^([0-9]{1,8}(\.[0-9]{1,2})?)?$"
ISBN_PATTERN = "^([0-9]{9}[0-9Xx]|[0-9]{13}|[0-9][0-9-]{8,14}[0-9Xx])?$"
MAX_ID = 2**63 - 1
MOMENT_HELP = "a day, which begins in UTC, or a time, such as 2026-05-03 or 2026-05-03T08:00:00Z."
ORDERINGS = {
    "title_key": "title",
    "price": "price",
    "rating": "rating",
    "first_publish_year": "first_publish_year",
    "created_at": "created_at",
}


class PartOfTextField(FoldedTextField):
    """Text to find inside other text."""

    def clean(self, value: Any) -> str:
        text = super().clean(value)
        key = fold(text)
        if key.isalnum() and len(key) < MIN_LETTERS:
            raise forms.ValidationError(f"Enter at least {MIN_LETTERS} letters.", code="min_length")
        return text


class PartOfTextFilter(FoldedTextFilter):
    field_class = PartOfTextField


class IsbnField(forms.CharField):
    """An ISBN-10 or ISBN-13; hyphens are optional and the check digit must be right. Returns 13 digits."""

    def clean(self, value: Any) -> str:
        text = super().clean(value)
        number = parse_isbn(text) if text else ""
        if number is None:
            raise forms.ValidationError(describe_error(text), code="invalid")
        return number


@extend_schema_field({"type": "string", "pattern": ISBN_PATTERN})
class IsbnFilter(django_filters.CharFilter):
    field_class = IsbnField


@extend_schema_field({"type": "string", "pattern": PRICE_PATTERN})
class PriceFilter(django_filters.NumberFilter):
    def __init__(self, lookup_expr: str, **options: Any) -> None:
        super().__init__("price", lookup_expr, min_value=0, max_digits=10, decimal_places=2, **options)


def id_or_name(value: str) -> Q:
    """A condition on an author or a category: the id or the whole name, folded."""
    by_name, key = Q(name_key=fold_to_key(value)), parse_id(value)
    return by_name if key is None else by_name | Q(pk=key)


def parse_id(value: str) -> int | None:
    """The number, if the text can be a primary key."""
    is_id = value.isascii() and value.isdigit() and len(value) <= len(str(MAX_ID)) and int(value) <= MAX_ID
    return int(value) if is_id else None


def book_ids_by_author(author: str) -> QuerySet[Any]:
    """Ids of the books of an author, named by id or whole name, which may be the name in one of the books.

    For a subquery: a join would return a book twice if two of its authors have equal folded names. A union, because
    PostgreSQL would scan all authorships for an alternative of two conditions.
    """
    authors = Author.objects.filter(id_or_name(author)).order_by().values("pk")
    named_in_books = Authorship.objects.filter(name_key=fold_to_key(author)).order_by().values("author")
    return Authorship.objects.filter(author__in=authors.union(named_in_books)).values("book")


def list_source_choices() -> list[tuple[str, str]]:
    return list(Source.objects.values_list("name", "label"))


class SourceFilter(StrictChoiceFilter):
    """The choices are the registered sources."""

    def __init__(self, **options: Any) -> None:
        super().__init__(choices=list_source_choices, **options)


class CatalogueFilter(django_filters.FilterSet):
    """The filters that the pages of the catalogue offer."""

    ranks_titles = True  # if the title is the only parameter
    max_sorted = MAX_SORTED  # title matches that are sorted in memory

    title = PartOfTextFilter(method="by_title", label="Title", help_text=TITLE_HELP)
    author = FoldedTextFilter(method="by_author", label="Author", help_text="An author's id or whole name.")
    category = FoldedTextFilter(method="by_category", label="Category", help_text="A category's id or whole name.")
    source = SourceFilter(label="Source", help_text="The name of a source, such as open_library.")
    rating = WholeNumberFilter(min_value=1, max_value=5, label="Rating", help_text="1 to 5.")
    min_price = PriceFilter("gte", label="Lowest price", help_text="The lowest price, such as 10 or 9.99.")
    max_price = PriceFilter("lte", label="Highest price", help_text="The highest price.")
    in_stock = StrictBooleanFilter(method="by_stock", label="In stock", help_text="Whether the source has it in stock.")
    isbn = IsbnFilter("isbn_13", label="ISBN", help_text="ISBN-10 or ISBN-13, hyphens optional.")
    available = StrictBooleanFilter(
        field_name="missing_since",
        lookup_expr="isnull",
        label="Still listed",
        help_text="Whether its source still lists it.",
    )
    ordering = StableOrderingFilter(fields=ORDERINGS)

    def filter_queryset(self, queryset: QuerySet[Book]) -> Any:
        """A cursor needs an ordering by fields."""
        values = {name: value for name, value in self.form.cleaned_data.items() if value not in (None, "", [])}
        if self.ranks_titles and set(values) == {"title"} and "cursor" not in self.data:
            return rank_by_title(queryset, values["title"], max_sorted=self.max_sorted)
        return super().filter_queryset(queryset)

    def by_title(self, queryset: QuerySet[Book], name: str, value: str) -> QuerySet[Book]:
        return title_contains(queryset, value, max_sorted=self.max_sorted)

    def by_stock(self, queryset: QuerySet[Book], name: str, value: bool) -> QuerySet[Book]:  # noqa: FBT001  django-filter's
        return queryset.filter(availability__in=list_values(in_stock=value))

    def by_author(self, queryset: QuerySet[Book], name: str, value: str) -> QuerySet[Book]:
        return queryset.filter(pk__in=book_ids_by_author(value))

    def by_category(self, queryset: QuerySet[Book], name: str, value: str) -> QuerySet[Book]:
        return queryset.filter(category__in=Category.objects.filter(id_or_name(value)))


class BookFilter(CatalogueFilter):
    """The filters of the API."""

    availability = StrictChoiceFilter(
        choices=CHOICES, label="Availability", help_text="As the source states it; a preorder is not in stock."
    )
    updated_since = MomentFilter(
        field_name="updated_at",
        lookup_expr="gte",
        label="Updated since",
        help_text=f"Updated at or after {MOMENT_HELP}",
    )
    dropped_since = MomentFilter(
        method="by_drop", label="Price dropped since", help_text=f"The last change is a drop, at or after {MOMENT_HELP}"
    )
    cheapest_per = StrictChoiceFilter(
        choices=[("category", "Category")],
        method="keep_for_the_end",
        label="Cheapest per",
        help_text="`category`: of the books that the other filters select, the one with the lowest price in each "
        "category and currency.",
    )
    ordering = StableOrderingFilter(
        fields={**ORDERINGS, "updated_at": "updated_at", "change_percent": "change_percent"}
    )

    def by_drop(self, queryset: QuerySet[Book], name: str, value: datetime) -> QuerySet[Book]:
        return queryset.filter(price_changed_at__gte=value, change_percent__lt=0)

    def keep_for_the_end(self, queryset: QuerySet[Book], name: str, value: str) -> QuerySet[Book]:
        """The filter is applied after all others, because it depends on them."""
        return queryset

    def filter_queryset(self, queryset: QuerySet[Book]) -> Any:
        books = super().filter_queryset(queryset)
        return books.cheapest_per_category() if self.form.cleaned_data.get("cheapest_per") else books


class BookSearchFilter(BookFilter):
    title = PartOfTextFilter(method="by_title", required=True, label="Title", help_text=TITLE_HELP)


class NameFilter(django_filters.FilterSet):
    name = PartOfTextFilter(
        method="by_name", label="Name", help_text="Part of the name; case, accents and punctuation are ignored."
    )
    ordering = StableOrderingFilter(fields={"name_key": "name"})

    def by_name(self, queryset: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return name_contains(queryset, value)


class AuthorFilter(NameFilter):
    def by_name(self, queryset: QuerySet[Author], name: str, value: str) -> QuerySet[Author]:
        return author_name_contains(queryset, value)
