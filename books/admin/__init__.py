from books.admin.books import AuthorAdmin, BookAdmin, CategoryAdmin, HeldPriceAdmin, PriceObservationAdmin

__all__ = ["AuthorAdmin", "BookAdmin", "CategoryAdmin", "HeldPriceAdmin", "PriceObservationAdmin"]
