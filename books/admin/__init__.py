from books.admin.authors import AuthorAdmin, CategoryAdmin
from books.admin.books import BookAdmin
from books.admin.prices import HeldPriceAdmin, PriceObservationAdmin

__all__ = ["AuthorAdmin", "BookAdmin", "CategoryAdmin", "HeldPriceAdmin", "PriceObservationAdmin"]
