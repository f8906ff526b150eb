"""The statements of sources about listed books up to a given time."""

from collections.abc import Collection, Sequence
from datetime import datetime

from django.db.models import OuterRef, Subquery
from rest_framework.request import Request

from books.api.serializers import BOOK_EXAMPLE, BookSerializer, PriceObservationSerializer
from books.book_rows import FIELDS, BookRow
from books.filters import BookFilter
from books.models import Book, PriceObservation


class ListedBookSerializer(BookSerializer):
    """A book in the list of books."""

    example = {**BOOK_EXAMPLE, "before": PriceObservationSerializer.example}
    before = PriceObservationSerializer(
        required=False,
        allow_null=True,
        help_text="Only with `updated_since`: what the source had stated until then; null if nothing.",
    )

    class Meta(BookSerializer.Meta):
        fields = [*FIELDS, "before"]
        read_only_fields = FIELDS


def find_updated_since(request: Request) -> datetime | None:
    form = BookFilter(request.query_params, Book.objects.none()).form
    return form.cleaned_data["updated_since"] if form.is_valid() else None


def add_statements_before(rows: Sequence[BookRow], moment: datetime) -> list[BookRow]:
    """Adds `before` to the rows, with one query. It is None for a book about which nothing was stated."""
    observations = _load_latest([row["id"] for row in rows], moment)
    return [{**row, "before": _to_json(observations.get(row["id"]))} for row in rows]


def _load_latest(books: Collection[int], moment: datetime) -> dict[int, PriceObservation]:
    earlier = PriceObservation.objects.filter(book=OuterRef("pk"), observed_at__lt=moment)
    newest = Subquery(earlier.order_by("-observed_at", "-pk").values("pk")[:1])
    keys = Book.objects.filter(pk__in=books).order_by().values(newest=newest)
    return {each.book_id: each for each in PriceObservation.objects.filter(pk__in=keys)}


def _to_json(observation: PriceObservation | None) -> BookRow | None:
    return None if observation is None else dict(PriceObservationSerializer(observation).data)
