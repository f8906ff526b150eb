"""Sources whose first crawl has not been accepted yet.

Pages and the API list their books. Watches ignore their prices.
"""

from django.db import transaction
from django.db.models import Max

from books.models import Book, PriceObservation, Source
from books.signals import observations_written
from books.sources import register_unknown_sources


def is_in_use(source: str) -> bool:
    """Whether the source has accepted books, which only an accepted crawl may change."""
    is_provisional = Source.objects.filter(name=source, is_provisional=True).exists()
    return not is_provisional and Book.objects.filter(source=source).exists()


def mark_as_provisional(source: str) -> None:
    register_unknown_sources({source})
    Source.objects.filter(name=source).update(is_provisional=True)


@transaction.atomic
def accept_source(source: str) -> None:
    """Sends the latest statements about the books of a provisional source as if they had just been made."""
    if not Source.objects.filter(name=source, is_provisional=True).exists():
        return
    list(Book.objects.filter(source=source).select_for_update(no_key=True).order_by("pk").values_list("pk"))
    Source.objects.filter(name=source).update(is_provisional=False)
    newest = PriceObservation.objects.filter(book__source=source).order_by().values("book").annotate(newest=Max("pk"))
    observations_written.send(PriceObservation, observations=list(newest.values_list("newest", flat=True)))
