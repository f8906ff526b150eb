"""Pauses shops that refuse to be read, and applies the decisions of staff."""

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from books.ingest import ingest
from books.models import Book
from books.records import BookRecord
from books.staff_events import StaffEvent, report
from scraping.models import Shop, ShopPage
from scraping.record_json import record_from_json
from scraping.shops.rejections import Cause, Rejected
from scraping.shops.works import limit_works

MAX_REFUSALS = 3  # responses 403 and 429 in a row
CONFIRMED_AFTER = 5  # products that staff look at before a new shop is read on
CHALLENGED = "The shop asked for a proof that a person sent the request. Colophon does not answer such questions."
REFUSED = "The shop refused {} requests in a row. The last one: {}"


def count_refusal(shop: Shop, rejected: Rejected) -> None:
    """Pauses the shop after one challenge, or after MAX_REFUSALS refusals in a row."""
    if rejected.cause == Cause.CHALLENGE:
        pause(shop, CHALLENGED)
    elif rejected.cause == Cause.REFUSED:
        Shop.objects.filter(pk=shop.pk).update(refusals=F("refusals") + 1)
        shop.refresh_from_db(fields=["refusals"])
        if shop.refusals >= MAX_REFUSALS:
            pause(shop, REFUSED.format(shop.refusals, rejected.reason))


def clear_refusals(shop: Shop) -> None:
    """The shop responded with a page."""
    if shop.refusals:
        Shop.objects.filter(pk=shop.pk).update(refusals=0)
        shop.refusals = 0


def pause(shop: Shop, reason: str) -> None:
    """No page of the shop is requested until staff resume it. A blocked shop stays blocked."""
    active = Shop.objects.filter(pk=shop.pk, state__in=[Shop.State.NEW, Shop.State.CONFIRMED])
    with transaction.atomic():
        if active.update(state=Shop.State.PAUSED, state_reason=reason, pages_left=0, leased_until=None):
            facts = {"site": shop.pk, "reason": reason}
            report(
                StaffEvent(kind=StaffEvent.Kind.SHOP_PAUSED, key=f"{shop.pk}:{timezone.now():%Y%m%d%H%M}", facts=facts)
            )
    shop.refresh_from_db(fields=["state", "state_reason"])


def block(shop: Shop, reason: str) -> None:
    """The shop must not be read. Its books stay."""
    values = {"state": Shop.State.BLOCKED, "state_reason": reason, "pages_left": 0, "leased_until": None}
    Shop.objects.filter(pk=shop.pk).update(**values)
    shop.refresh_from_db(fields=["state", "state_reason"])


def resume(shop: Shop) -> None:
    """The shop is read again. It is new if its prices have not been confirmed yet."""
    is_unconfirmed = shop.pages.filter(state=ShopPage.State.UNCONFIRMED).exists()
    is_known = shop.is_hand_written or (shop.pages.filter(book__isnull=False).exists() and not is_unconfirmed)
    shop.state = Shop.State.CONFIRMED if is_known else Shop.State.NEW
    shop.state_reason, shop.refusals = "", 0
    shop.save(update_fields=["state", "state_reason", "refusals"])


def needs_confirmation(shop: Shop) -> bool:
    """Whether enough products of a new shop wait for confirmation, so that no more are read before it."""
    waiting = shop.pages.filter(state=ShopPage.State.UNCONFIRMED).count()
    return shop.state == Shop.State.NEW and waiting >= CONFIRMED_AFTER


@transaction.atomic
def confirm(shop: Shop) -> int:
    """The first prices are right: stores the waiting products. Returns their number."""
    locked = Shop.objects.select_for_update().get(pk=shop.pk)
    pages = list(shop.pages.select_for_update().filter(state=ShopPage.State.UNCONFIRMED))
    records = [limit_works(locked, record_from_json(page.record or {})) for page in pages]
    ingest(records)
    for page, record in zip(pages, records, strict=True):
        page.book, page.state, page.record = find_book(record), ShopPage.State.READ, None
        page.save(update_fields=["book", "state", "record"])
    shop.state, shop.state_reason = Shop.State.CONFIRMED, ""
    shop.save(update_fields=["state", "state_reason"])
    return len(pages)


def find_book(record: BookRecord) -> Book:
    return Book.objects.get(source=record.source, source_key=record.source_key)
