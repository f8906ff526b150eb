"""The reader's watches on the page of a book, and the form for another one."""

from typing import Any

from django.http import HttpRequest

from books.models import Book
from users.models import PriceWatch, User, WatchScope
from users.notifications.channels import has_channel
from users.watches.defaults import find_default
from users.watches.market import Market
from users.watches.overview import Overview, describe
from users.watches.statements import load_markets
from users.watches.watching import preview_watch
from web.watch_forms import WatchForm


def describe_watches(request: HttpRequest, book: Book) -> dict[str, Any]:
    """Nothing for visitors, who have to sign in first."""
    if not isinstance(request.user, User):
        return {}
    watches = list(PriceWatch.objects.owned_by(request.user).filter(book=book))
    markets = load_markets({(book.pk, WatchScope.BOOK.value), *((book.pk, each.scope) for each in watches)})
    default = find_default(request.user)
    new = preview_overview(book, markets[book.pk, WatchScope.BOOK])
    return {
        "watches": [describe(each, markets[book.pk, each.scope]) for each in watches],
        "watch_form": WatchForm.for_new(new, default),
        "has_channel": has_channel(request.user),
        "has_works": bool(book.work_key or book.isbn_13),
    }


def load_preview(book: Book) -> Overview:
    """A watch that is not stored, for the form's currency and price."""
    return preview_overview(book, load_markets([(book.pk, WatchScope.BOOK)])[book.pk, WatchScope.BOOK])


def preview_overview(book: Book, market: Market) -> Overview:
    return describe(preview_watch(book, market), market)
