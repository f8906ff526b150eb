"""Reads single product pages: the product becomes a book, or waits until staff confirm the shop."""

from dataclasses import dataclass
from datetime import timedelta

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from books.ingest import ingest
from books.ingest.freshness import mark_as_checked
from books.ingest.missing import mark_books_as_missing
from books.models import Book
from books.records import BookRecord
from core.text import fold_to_key
from scraping.models import Shop, ShopPage
from scraping.models.shop_page import MAX_REASON
from scraping.page import UNCONDITIONAL, NotModified, Validators
from scraping.record_json import record_to_json
from scraping.shops import states
from scraping.shops.identity import clean_address, compute_key
from scraping.shops.page_fetching import ShopFetcher
from scraping.shops.records import ReadProduct, read_product, reject_uncertain_price
from scraping.shops.rejections import Cause, Rejected
from scraping.shops.works import limit_works

READ_AGAIN = timedelta(hours=20)  # so that a page is due in each nightly slice
MAX_BACKOFF_DAYS = 32
GONE_AFTER = 2  # responses 404 or 410 in a row
WRITTEN = [
    "priority", "due_at", "read_at", "etag", "last_modified", "state", "reason", "failures", "record", "sources",
    "book",
]  # fmt: skip
DOUBTFUL = {Cause.IN_DOUBT, Cause.OTHER_PRODUCT}


@dataclass(frozen=True, slots=True)
class Reading:
    """A page that was read. `product` is None if the page has not changed since its validators were stored."""

    url: str
    product: ReadProduct | None
    validators: Validators


def read_again(page: ShopPage, fetcher: ShopFetcher) -> None:
    """Reads a known page and stores the result, also a failure. Raises Postponed or Halted."""
    try:
        reading = look_at(page.shop, page.url, fetcher, key=page.key, validators=_get_validators(page))
        _check_product(page, reading)
        store(page, reading)
    except Rejected as rejected:
        _store_failure(page, rejected)


def look_at(
    shop: Shop, url: str, fetcher: ShopFetcher, *, key: str | None = None, validators: Validators = UNCONDITIONAL
) -> Reading:
    """Fetches and reads a page. Writes nothing but the shop's refusals. Raises Rejected, Postponed or Halted.

    `key` is the source key of the product; by default that of the address to which the page redirects.
    """
    try:
        page = fetcher.fetch(url, validators)
        states.clear_refusals(shop)
        if isinstance(page, NotModified):
            return Reading(url, None, validators)
        product = read_product(shop, page, key or compute_key(clean_address(page.url)))
    except Rejected as rejected:
        states.count_refusal(shop, rejected)
        raise
    return Reading(page.url, product, page.validators)


def store(page: ShopPage, reading: Reading) -> None:
    """Stores the product as a book. That of a new shop waits for its confirmation, unless the book exists."""
    is_changed = False
    with transaction.atomic():
        shop = Shop.objects.select_for_update().get(pk=page.shop_id)
        if reading.product is None:
            _confirm_unchanged(page)
        elif shop.state == Shop.State.NEW and page.book_id is None:
            reject_uncertain_price(reading.product)
            record = limit_works(shop, reading.product.record)
            page.record, page.state = record_to_json(record), ShopPage.State.UNCONFIRMED
        else:
            is_changed = _store_book(shop, page, reading.product)
        _mark_as_read(page, reading)
        _judge_date(shop, page, is_changed=is_changed)
        page.priority = ShopPage.Priority.TRACKED if _is_tracked(page) else ShopPage.Priority.READ
        page.save(update_fields=WRITTEN)  # a search for pages may write the others in the meantime


def _store_book(shop: Shop, page: ShopPage, product: ReadProduct) -> bool:
    """Returns whether the book changed."""
    if page.book_id is None:
        reject_uncertain_price(product)
    result = ingest([limit_works(shop, product.record)])
    page.book, page.record, page.state = states.find_book(product.record), None, ShopPage.State.READ
    return not result.unchanged


def _confirm_unchanged(page: ShopPage) -> None:
    if page.book_id:
        mark_as_checked([page.book_id], timezone.now())


def _mark_as_read(page: ShopPage, reading: Reading) -> None:
    now = timezone.now()
    page.read_at, page.due_at, page.failures = now, now + READ_AGAIN, 0
    page.etag, page.last_modified = reading.validators.etag, reading.validators.last_modified
    if reading.product:
        page.sources = reading.product.sources
        page.reason = " ".join(reading.product.doubts)[:MAX_REASON]


def _judge_date(shop: Shop, page: ShopPage, *, is_changed: bool) -> None:
    """Counts whether a later date in the sitemap meant a change."""
    if page.priority == ShopPage.Priority.CHANGED:
        changes = {"dated_readings": F("dated_readings") + 1, "dated_changes": F("dated_changes") + int(is_changed)}
        Shop.objects.filter(pk=shop.pk).update(**changes)


def _is_tracked(page: ShopPage) -> bool:
    return page.trackings.exists()


def _check_product(page: ShopPage, reading: Reading) -> None:
    """Raises Rejected if the page of a book shows another product now, perhaps after a redirect."""
    if reading.product is None or page.book is None or page.shop.is_hand_written:
        return
    book, record = page.book, reading.product.record
    if book.isbn_13 and record.isbn_13 and book.isbn_13 != record.isbn_13:
        reason = f"The page states the ISBN {record.isbn_13} now, but it is the page of {book.isbn_13}."
        raise Rejected(Cause.OTHER_PRODUCT, reason)
    if compute_key(clean_address(reading.url)) != page.key and not _is_same(book, record):
        raise Rejected(Cause.OTHER_PRODUCT, f"The address leads to another page now: {reading.url}")


def _is_same(book: Book, record: BookRecord) -> bool:
    if book.isbn_13 and record.isbn_13:
        return book.isbn_13 == record.isbn_13
    return fold_to_key(book.title) == fold_to_key(record.title)


def _store_failure(page: ShopPage, rejected: Rejected) -> None:
    """The book stays as it is. If its page is gone twice in a row, the book is marked as missing."""
    page.failures += 1
    page.due_at = timezone.now() + timedelta(days=min(2 ** (page.failures - 1), MAX_BACKOFF_DAYS)) - timedelta(hours=4)
    page.reason = rejected.reason[:MAX_REASON]
    page.state = ShopPage.State.IN_DOUBT if rejected.cause in DOUBTFUL else ShopPage.State.FAILED
    if rejected.cause == Cause.NOT_FOUND and page.failures >= GONE_AFTER:
        page.state = ShopPage.State.GONE
        mark_books_as_missing(Book.objects.filter(shop_pages=page).values_list("pk", flat=True))
    page.save(update_fields=["failures", "due_at", "reason", "state"])


def _get_validators(page: ShopPage) -> Validators:
    """A page whose product is not stored as a book is requested completely."""
    is_stored = page.state == ShopPage.State.READ
    return Validators(etag=page.etag, last_modified=page.last_modified) if is_stored else UNCONDITIONAL
