from books.models.author import Author
from books.models.book import FILTERED_BY, ORDERED_BY, Authorship, Book, BookQuerySet, Category, Source, new_key
from books.models.curation import CuratedField
from books.models.external_service import ExternalService
from books.models.price import HeldPrice, PriceObservation

__all__ = [
    "FILTERED_BY",
    "ORDERED_BY",
    "Author",
    "Authorship",
    "Book",
    "BookQuerySet",
    "Category",
    "CuratedField",
    "ExternalService",
    "HeldPrice",
    "PriceObservation",
    "Source",
    "new_key",
]
