"""A reader's library and the price history of a few books, as a year of use leaves them."""

from datetime import timedelta
from decimal import Decimal

from django.utils import timezone

from books.models import Book, PriceObservation
from tests.screenshots.browser import PASSWORD, READER, STAFF
from users.library.saving import SaveRequest, save_book
from users.models import LibraryEntry, User

STATUSES = LibraryEntry.Status
# The book of the book page, and shares of its price in the days before the crawl; None: sold out.
TITLE = "A Flight of Arrows (The Pathfinders #2)"
HISTORY = [(200, 108), (150, 100), (120, None), (100, 96), (40, 85), (20, 105)]
SHELVES = {
    STATUSES.READING: ["A Flight of Arrows (The Pathfinders #2)", "Birdsong: A Story in Pictures", "Soumission"],
    STATUSES.WANT_TO_READ: [
        "Sapiens: A Brief History of Humankind", "The Elephant Tree", "Aladdin and His Wonderful Lamp",
        "Worlds Elsewhere: Journeys Around Shakespeare’s Globe",
    ],
    STATUSES.READ: ["A Light in the Attic", "Sharp Objects", "Chase Me (Paris Nights #2)", "Black Dust"],
}  # fmt: skip
OPEN_LIBRARY_ISBN = "9780140447934"  # of an edition in the fake Open Library


def fill(count: int = 60) -> Book:
    """Adds histories to `count` books and creates the accounts. Returns the book of the book page."""
    shown = Book.objects.get(title=TITLE)
    add_history(shown, HISTORY)
    for number, book in enumerate(Book.objects.exclude(pk=shown.pk).order_by("title")[:count]):
        add_history(book, [(90 + number, 90 + 7 * (number % 5)), (30 + number % 20, 112 - 5 * (number % 4))])
    create_accounts()
    return shown


def add_history(book: Book, shares: list[tuple[int, int | None]]) -> None:
    """`shares`: days ago, and the price in percent of the current one."""
    for days, share in shares:
        price = (book.price * share / 100).quantize(Decimal("0.01")) if book.price and share else None
        PriceObservation.objects.create(
            book=book,
            observed_at=timezone.now() - timedelta(days=days),
            price=price,
            currency=book.currency if price else None,
            in_stock=price is not None,
        )


def create_accounts() -> None:
    User.objects.create_superuser(STAFF, PASSWORD, name="Ben")
    user = User.objects.create_user(READER, PASSWORD, name="Ann")
    save_book(owner=user, save_request=SaveRequest(isbn=OPEN_LIBRARY_ISBN), status=STATUSES.READ, rating=Decimal("4.5"))
    for status, titles in SHELVES.items():
        for title in titles:
            request = SaveRequest(book=Book.objects.filter(title=title).earliest("pk"))
            rating = Decimal("3.5") if status != STATUSES.WANT_TO_READ else None
            entry, _ = save_book(owner=user, save_request=request, status=status, rating=rating)
            if status == STATUSES.READ:
                add_reading(entry, days=30 * len(title))


def add_reading(entry: LibraryEntry, *, days: int) -> None:
    """A reading of three weeks that ended some days ago."""
    finished_on = timezone.localdate() - timedelta(days=days % 300)
    entry.readings.create(started_on=finished_on - timedelta(weeks=3), finished_on=finished_on)
