"""Query parameters of the library."""

import django_filters
from django.db.models import Q, QuerySet
from drf_spectacular.utils import extend_schema_field

from books.filters import book_ids_by_author
from books.models import Book
from books.search.titles import title_or_author_contains
from core.filters import FoldedTextFilter, StableOrderingFilter
from core.text import fold
from users.models.library import RATINGS, LibraryEntry


@extend_schema_field(str)
class EntryTextFilter(FoldedTextFilter):
    pass


class LibraryEntryFilter(django_filters.FilterSet):
    status = django_filters.ChoiceFilter(choices=LibraryEntry.Status.choices, help_text="The reading status.")
    rating = django_filters.ChoiceFilter(
        choices=[(text, text) for rating in RATINGS for text in dict.fromkeys([str(rating), f"{rating:.1f}"])],
        help_text="1 to 5, in halves.",
    )
    author = FoldedTextFilter(method="by_author", help_text="An author's id or whole name.")
    text = EntryTextFilter(method="by_text", help_text="Part of the title, of an author's name or of the notes.")
    ordering = StableOrderingFilter(
        fields={
            "book__title_key": "title",
            "rating": "rating",
            "created_at": "created_at",
            "updated_at": "updated_at",
        }
    )

    def by_author(self, queryset: QuerySet[LibraryEntry], name: str, value: str) -> QuerySet[LibraryEntry]:
        return queryset.filter(book__in=book_ids_by_author(value))

    def by_text(self, queryset: QuerySet[LibraryEntry], name: str, value: str) -> QuerySet[LibraryEntry]:
        books = title_or_author_contains(Book.objects.all(), value).values("pk")
        return queryset.filter(Q(book__in=books) | Q(notes_key__contains=fold(value)))
