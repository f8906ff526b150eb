"""Locks of accounts, and of the books that they watch."""

from django.db.models import QuerySet

from books.prices.review import lock_books
from books.works import find_rows
from core.exceptions import Conflict
from users.models import PriceWatch, User, WatchScope


def lock_reader(user: User) -> None:
    """Serializes the changes of a reader. Not the key, which an event of an ingest refers to.

    Raises Conflict if the account was deleted in the meantime.
    """
    if not User.objects.select_for_update(no_key=True).filter(pk=user.pk).values_list("pk"):
        raise Conflict("This account was deleted.")


def lock_watched_books(watches: QuerySet[PriceWatch]) -> None:
    """Locks the rows that the watches compare, before the watches are deleted.

    A review that withdraws a price locks its book, then the notifications about it, and then the watches. The deletion
    of a watch locks the watch and then its notifications.
    """
    rows = find_rows(list(watches.filter(scope=WatchScope.WORK).values_list("book", flat=True)))
    lock_books({*watches.values_list("book", flat=True)}.union(*rows.values()))
