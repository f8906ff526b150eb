"""A reader's library and the price history of a few books, as a year of use leaves them."""

from datetime import timedelta
from decimal import Decimal

from django.utils import timezone

from books.models import Book, PriceObservation
from books.prices.summaries import rebuild_all_summaries
from core.partial_date import PartialDate
from tests.screenshots.browser import IMPORTER, PASSWORD, READER, STAFF
from tests.screenshots.imports import fill_imports
from tests.screenshots.shops import fill_shops
from tests.screenshots.staff import add_reviews, add_running_crawl
from users.library.saving import SaveRequest, save_book
from users.library.tags import set_tags
from users.models import Channel, LibraryEntry, User, WatchRule
from users.watches.watching import WatchTerms, change_watch, create_watch

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
ABANDONED = "Starving Hearts (Triangular Trade Trilogy, #1)"
REVIEW = "Slower than the first volume, but the end is worth it.\n\nI did not expect the letter from Quebec."
OPEN_LIBRARY_ISBN = "9780140447934"  # of an edition in the fake Open Library


def fill(count: int = 60) -> dict[str, int]:
    """Adds histories to `count` books and creates the accounts. Returns the ids in the addresses of pages."""
    shown = Book.objects.get(title=TITLE)
    add_history(shown, HISTORY)
    for number, book in enumerate(Book.objects.exclude(pk=shown.pk).order_by("title")[:count]):
        add_history(book, [(90 + number, 90 + 7 * (number % 5)), (30 + number % 20, 112 - 5 * (number % 4))])
    rebuild_all_summaries()
    create_accounts()
    describe_entries(User.objects.get(email=READER), shown)
    fill_shops(User.objects.get(email=READER))
    importer = User.objects.create_user(IMPORTER, PASSWORD, name="Cleo")
    add_reviews()
    ids = {"book": shown.pk, "year": timezone.localdate().year, "running_crawl": add_running_crawl()}
    return {**ids, **fill_imports(importer)}


def add_history(book: Book, shares: list[tuple[int, int | None]]) -> None:
    """`shares`: days ago, and the price in percent of the current one."""
    for days, share in shares:
        price = (book.price * share / 100).quantize(Decimal("0.01")) if book.price and share else None
        PriceObservation.objects.create(
            book=book,
            observed_at=timezone.now() - timedelta(days=days),
            price=price,
            currency=book.currency if price else None,
            availability="in_stock" if price else "out_of_stock",
            stock=days % 23 if price else 0,
        )


def add_watches(user: User) -> None:
    """One that is reached, one that waits, and one that is paused."""
    books = [Book.objects.filter(title=title).earliest("pk") for title in (TITLE, *SHELVES[STATUSES.WANT_TO_READ][:2])]
    terms = (
        WatchTerms(rule=WatchRule.AT_OR_BELOW, amount=Decimal("60.00"), currency="GBP"),
        WatchTerms(rule=WatchRule.DROP_PERCENT, percent=20),
        WatchTerms(rule=WatchRule.LOWEST),
    )
    watches = [create_watch(user=user, book=book, terms=each)[0] for book, each in zip(books, terms, strict=True)]
    change_watch(user=user, pk=watches[-1].pk, changes={"is_paused": True})


def add_channels(user: User) -> None:
    """One that works, one whose address is not confirmed, and one that was switched off."""
    now, kinds = timezone.now(), Channel.Kind
    for kind, address, fields in (
        (kinds.EMAIL, "ann@example.org", {"confirmed_at": now, "last_sent_at": now}),
        (kinds.EMAIL, "book-club@example.org", {}),
        (kinds.NTFY, "https://ntfy.example.org/ann", {
            "confirmed_at": now, "failures": 10, "last_error": "The receiver returned status 503.", "disabled_at": now,
            "disabled_reason": Channel.Reason.FAILURES,
        }),
    ):  # fmt: skip
        Channel.objects.create(owner=user, kind=kind, address=address, origin="https://colophon.example.org", **fields)


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
    add_watches(user)
    add_channels(user)


def describe_entries(user: User, shown: Book) -> None:
    """Tags, a review, progress, partial dates, an abandoned book, and two editions of a work."""
    tags = [["crime", "holiday"], ["to lend"], ["favourites", "crime", "book club", "signed", "on the phone"]]
    entries = list(LibraryEntry.objects.filter(user=user).order_by("pk"))
    for entry, names in zip(entries[1:], tags, strict=False):
        set_tags(entry, names)
    entry = LibraryEntry.objects.get(user=user, book=shown)
    set_tags(entry, ["history", "book club"])
    year = timezone.localdate().year
    entry.readings.create(started_on=PartialDate.parse(f"{year - 3}"), finished_on=PartialDate.parse(f"{year - 3}-05"))
    entry.readings.create(started_on=PartialDate.parse(f"{year}-09"), outcome=None)
    LibraryEntry.objects.filter(pk=entry.pk).update(
        review=REVIEW, contains_spoilers=True, owned=True, format="paper", progress_percent=40
    )
    stopped = save_book(owner=user, save_request=SaveRequest(book=Book.objects.get(title=ABANDONED)), status="stopped")
    stopped[0].readings.create(
        started_on=PartialDate.parse(f"{year}-02"), finished_on=PartialDate.parse(f"{year}-03"), outcome="abandoned"
    )
    add_edition(user)


def add_edition(user: User) -> None:
    """A second edition of the book from Open Library, which was read as an e-book."""
    first = LibraryEntry.objects.get(user=user, book__source="open_library")
    assert first.book.work_key
    book = Book.objects.create(title=first.book.title, work_key=first.book.work_key, isbn_13="9780143058144")
    LibraryEntry.objects.create(user=user, book=book, status="want_to_read", format="ebook")


def add_reading(entry: LibraryEntry, *, days: int) -> None:
    """A reading of three weeks that ended some days ago."""
    finished_on = timezone.localdate() - timedelta(days=days % 300)
    entry.readings.create(started_on=finished_on - timedelta(weeks=3), finished_on=finished_on)
