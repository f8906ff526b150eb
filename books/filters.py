"""The query parameters of the catalogue's lists."""

from typing import Any

import django_filters
from django import forms
from django.db.models import F, Model, Q, QuerySet
from django_filters.fields import BaseCSVField
from drf_spectacular.utils import extend_schema_field
from stdnum import isbn

from books.models import Author, Authorship, Book, Category, Source
from books.records import MAX_TEXT
from books.search.titles import FEWEST_LETTERS, best_first, in_names, named, titled
from core.text import fold, key_of

PART_OF_TITLE = (
    "Part of the title, whatever its case, accents and punctuation; two letters find the words that begin with them. "
    "The best hits come first, where nothing else is asked for."
)
MAX_ID = 2**63 - 1


class WholeNumberFilter(django_filters.Filter):
    field_class = forms.IntegerField


@extend_schema_field(bool)
class StrictBooleanFilter(django_filters.TypedChoiceFilter):
    """`true` or `false`; anything else is refused, where django-filter's own boolean would ignore it."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(choices=[("true", "true"), ("false", "false")], coerce=lambda v: v == "true", **kwargs)


class FoldedText(forms.CharField):
    """Text that is compared folded: something must be left of it then, or it would match everything."""

    def __init__(self, **options: Any) -> None:
        super().__init__(max_length=MAX_TEXT["title"], **options)

    def clean(self, value: Any) -> str:
        self.run_validators(value)  # its length as it came: what is blank around it is taken off below
        text = str(super().clean(value))
        if text and not fold(text):
            raise forms.ValidationError("Nothing to look for: accents alone are not compared.", code="invalid")
        return text


class FoldedFilter(django_filters.CharFilter):
    field_class = FoldedText


class WordsText(FoldedText):
    """Text that is looked for inside of others."""

    def clean(self, value: Any) -> str:
        text = super().clean(value)
        key = fold(text)
        if key.isalnum() and len(key) < FEWEST_LETTERS:
            raise forms.ValidationError(f"At least {FEWEST_LETTERS} letters are needed.", code="min_length")
        return text


class WordsFilter(django_filters.CharFilter):
    field_class = WordsText


class IsbnField(forms.CharField):
    """An ISBN of 10 or 13 digits, hyphens or not; its check digit must be right. Gives the 13 digits."""

    def clean(self, value: Any) -> str:
        text = super().clean(value)
        if text and not isbn.is_valid(text):
            raise forms.ValidationError("Not an ISBN: its length or its check digit is wrong.", code="invalid")
        return isbn.to_isbn13(isbn.compact(text)) if text else ""


class IsbnFilter(django_filters.CharFilter):
    field_class = IsbnField


class PriceFilter(django_filters.NumberFilter):
    def __init__(self, lookup_expr: str, **options: Any) -> None:
        super().__init__("price", lookup_expr, min_value=0, max_digits=10, decimal_places=2, **options)


class EachOnce(BaseCSVField):
    """A list of thousands of columns would be an order that the database refuses."""

    def clean(self, value: list[str] | None) -> Any:
        names = [name.removeprefix("-") for name in value or [] if name]
        if len(set(names)) < len(names):
            raise forms.ValidationError("Names a field twice.", code="invalid")
        return super().clean(value)


class StableOrdering(django_filters.OrderingFilter):
    """Nulls last both ways, and the primary key at the end, so that no row stands on two pages.

    The key goes the way of what stands before it: an index is walked from one end or the other.
    """

    base_field_class = EachOnce

    def filter(self, qs: QuerySet[Any], value: list[str] | None) -> QuerySet[Any]:
        names = [name for name in value or [] if name]
        if not names:
            return qs
        terms = [self._term(qs.model, name) for name in names]
        return qs.order_by(*terms, "-pk" if names[-1].startswith("-") else "pk")

    def _term(self, model: type[Model], name: str) -> Any:
        field = self.param_map[name.removeprefix("-")]
        nulls_last = _may_be_null(model, field) or None
        return F(field).desc(nulls_last=nulls_last) if name.startswith("-") else F(field).asc(nulls_last=nulls_last)


def _may_be_null(model: Any, path: str) -> bool:
    """Whether the field, or one on the way to it (`book__title_key`), may be."""
    field = model._meta.get_field(path.partition("__")[0])
    rest = path.partition("__")[2]
    return bool(field.null) or (bool(rest) and _may_be_null(field.related_model, rest))


def id_or_name(value: str) -> Q:
    by_name = Q(name_key=key_of(value))
    is_id = value.isascii() and value.isdigit() and len(value) <= len(str(MAX_ID)) and int(value) <= MAX_ID
    return by_name | Q(pk=int(value)) if is_id else by_name


class BookFilter(django_filters.FilterSet):
    title = WordsFilter(method="by_title", help_text=PART_OF_TITLE)
    author = FoldedFilter(method="by_author", help_text="An author's id or whole name.")
    category = FoldedFilter(method="by_category", help_text="A category's id or whole name.")
    source = django_filters.ChoiceFilter(choices=Source.choices, help_text="Where the row comes from.")
    rating = WholeNumberFilter(min_value=1, max_value=5, help_text="1 to 5.")
    min_price = PriceFilter("gte", help_text="At least this price, such as 10 or 9.99.")
    max_price = PriceFilter("lte", help_text="At most this price.")
    in_stock = StrictBooleanFilter(method="by_stock", help_text="Whether the source has it in stock.")
    isbn = IsbnFilter("isbn_13", help_text="ISBN-10 or ISBN-13, with hyphens or without.")
    available = StrictBooleanFilter(
        field_name="missing_since", lookup_expr="isnull", help_text="Whether its source still lists it."
    )
    ordering = StableOrdering(
        fields={
            "title_key": "title",
            "price": "price",
            "rating": "rating",
            "first_publish_year": "first_publish_year",
            "created_at": "created_at",
        }
    )

    class Meta:
        model = Book
        fields: list[str] = []

    def filter_queryset(self, queryset: QuerySet[Book]) -> Any:
        """Where nothing but a title is asked for, the best hits come first; a walk by cursor goes by a field."""
        asked = {name: value for name, value in self.form.cleaned_data.items() if value not in (None, "", [])}
        if set(asked) == {"title"} and "cursor" not in self.data:
            return best_first(queryset, asked["title"])
        return super().filter_queryset(queryset)

    def by_title(self, queryset: QuerySet[Book], name: str, value: str) -> QuerySet[Book]:
        return titled(queryset, value)

    def by_stock(self, queryset: QuerySet[Book], name: str, value: bool) -> QuerySet[Book]:  # noqa: FBT001  django-filter's
        return queryset.filter(in_stock__in=[value])  # as it is, it would be a condition that SQLite takes to no index

    def by_author(self, queryset: QuerySet[Book], name: str, value: str) -> QuerySet[Book]:
        # A subquery, not a join: of two authors that fold alike the book is found once.
        authors = Author.objects.filter(id_or_name(value))
        return queryset.filter(pk__in=Authorship.objects.filter(author__in=authors).values("book"))

    def by_category(self, queryset: QuerySet[Book], name: str, value: str) -> QuerySet[Book]:
        return queryset.filter(category__in=Category.objects.filter(id_or_name(value)))


class BookSearch(BookFilter):
    title = WordsFilter(method="by_title", required=True, help_text=PART_OF_TITLE)


class NameFilter(django_filters.FilterSet):
    name = WordsFilter(method="by_name", help_text="Part of the name, whatever its case, accents and punctuation.")
    ordering = StableOrdering(fields={"name_key": "name"})

    def by_name(self, queryset: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return in_names(queryset, value)


class AuthorFilter(NameFilter):
    class Meta:
        model = Author
        fields: list[str] = []

    def by_name(self, queryset: QuerySet[Author], name: str, value: str) -> QuerySet[Author]:
        return named(queryset, value)


class CategoryFilter(NameFilter):
    class Meta:
        model = Category
        fields: list[str] = []
