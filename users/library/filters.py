"""Query parameters of the library."""

from decimal import Decimal
from typing import Any

import django_filters
from django import forms
from django.db.models import Q, QuerySet
from drf_spectacular.utils import extend_schema_field

from books.filters import book_ids_by_author
from books.models import Book
from books.records import WORK_KEY, WORK_KEY_RULE
from books.search.titles import title_or_author_contains
from core.filters import FoldedTextFilter, StableOrderingFilter, StrictBooleanFilter, StrictChoiceFilter
from core.text import fold, fold_to_key
from users.models import LibraryEntry, Tag
from users.models.library import RATING_RULE, RATING_SCHEMA, RATINGS


@extend_schema_field(str)
class EntryTextFilter(FoldedTextFilter):
    pass


class RatingField(forms.DecimalField):
    def validate(self, value: Any) -> None:
        """Precedes the field's validators, because that of the step cannot compute with 1e999."""
        super().validate(value)
        if value is not None and value not in RATINGS:
            raise forms.ValidationError(RATING_RULE, code="invalid_choice")


@extend_schema_field(RATING_SCHEMA)
class RatingFilter(django_filters.NumberFilter):
    field_class = RatingField

    def __init__(self, **options: Any) -> None:
        super().__init__(
            min_value=Decimal("0.5"), max_value=5, step_size=Decimal("0.5"), help_text=RATING_RULE, **options
        )


class WorkKeyField(forms.CharField):
    def clean(self, value: Any) -> str:
        key = str(super().clean(value)).upper()
        if key and not WORK_KEY.fullmatch(key):
            raise forms.ValidationError(WORK_KEY_RULE, code="invalid")
        return key


@extend_schema_field({"type": "string", "pattern": f"^{WORK_KEY.pattern}$", "example": "OL45804W"})
class WorkFilter(django_filters.CharFilter):
    field_class = WorkKeyField


class LibraryEntryFilter(django_filters.FilterSet):
    status = StrictChoiceFilter(choices=LibraryEntry.Status.choices, help_text="The reading status.")
    rating = RatingFilter(label="Rating")
    tag = FoldedTextFilter(method="by_tag", label="Tag", help_text="A whole tag.")
    owned = StrictBooleanFilter(label="Owned", help_text="Whether the reader has a copy.")
    # Not `format`, which selects the renderer of the response.
    book_format = StrictChoiceFilter(
        field_name="format", choices=LibraryEntry.Format.choices, help_text="The format of the reader's copy."
    )
    work = WorkFilter(field_name="book__work_key", label="Work", help_text="Open Library's key of the work (OL…W).")
    author = FoldedTextFilter(method="by_author", label="Author", help_text="An author's id or whole name.")
    text = EntryTextFilter(
        method="by_text",
        label="Text",
        help_text="Part of the title, of an author's name, of the review or of the notes.",
    )
    ordering = StableOrderingFilter(
        fields={
            "book__title_key": "title",
            "rating": "rating",
            "created_at": "created_at",
            "added_on": "added_on",
            "updated_at": "updated_at",
        }
    )

    def by_tag(self, queryset: QuerySet[LibraryEntry], name: str, value: str) -> QuerySet[LibraryEntry]:
        return queryset.filter(
            pk__in=Tag.entries.through.objects.filter(tag__name_key=fold_to_key(value)).values("libraryentry")
        )

    def by_author(self, queryset: QuerySet[LibraryEntry], name: str, value: str) -> QuerySet[LibraryEntry]:
        return queryset.filter(book__in=book_ids_by_author(value))

    def by_text(self, queryset: QuerySet[LibraryEntry], name: str, value: str) -> QuerySet[LibraryEntry]:
        books = title_or_author_contains(Book.objects.all(), value).values("pk")
        return queryset.filter(Q(book__in=books) | Q(notes_key__contains=fold(value)))
