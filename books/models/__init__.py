from books.models.book import (
    FILTERED_BY,
    ORDERED_BY,
    Author,
    Authorship,
    Book,
    BookQuerySet,
    Category,
    PriceObservation,
    Source,
    new_key,
)
from books.models.curation import CuratedField
from books.models.external_service import OutsideService
from books.models.price import HeldPrice

__all__ = [
    "FILTERED_BY",
    "ORDERED_BY",
    "Author",
    "Authorship",
    "Book",
    "BookQuerySet",
    "Category",
    "CuratedField",
    "HeldPrice",
    "OutsideService",
    "PriceObservation",
    "Source",
    "new_key",
]
