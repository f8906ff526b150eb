"""People track product pages by their addresses."""

from urllib.parse import urlsplit

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet

from core.text import to_printable
from scraping.models import Shop, ShopPage, TrackedPage
from scraping.origin import normalize_host
from scraping.shops.identity import NotAnAddress, clean_address, compute_key
from scraping.shops.page_fetching import open_shop
from scraping.shops.reading import Reading, look_at, store
from scraping.shops.rejections import Cause, Postponed, Rejected

MAX_WAIT = 5.0  # seconds for the shop's next turn, after which a worker reads the page
HOST_NOT_ALLOWED = (
    "{} is not among the shops that may be read. Ask the staff to allow it: they check its robots.txt and its terms."
)
SHOP_STATES = {
    Shop.State.PAUSED: "{} is paused. {}",
    Shop.State.BLOCKED: "{} must not be read. {}",
}


def track(*, user_id: int, url: str) -> tuple[TrackedPage, bool]:
    """Tracks the page for the user. Returns the row, and whether it is new. Raises Rejected.

    An unknown page is read at once, so that an address without a certain price is rejected. If the shop cannot be
    requested at the moment, a worker reads the page later.
    """
    address = parse_address(url)
    shop = find_shop(address)
    page = shop.pages.filter(key=compute_key(address)).first()
    if page and (tracked := TrackedPage.objects.filter(user=user_id, page=page).first()):
        return tracked, False
    check_limit(user_id)
    page = page or _read_new_page(shop, address)
    return _add(user_id, page)


def parse_address(url: str) -> str:
    """Returns the address without fragment and tracking parameters. Raises Rejected."""
    try:
        return clean_address(url)
    except NotAnAddress as error:
        raise Rejected(Cause.NOT_AN_ADDRESS, str(error)) from error


def find_shop(address: str) -> Shop:
    """The shop of an address. Raises Rejected if there is none, or if its pages are not requested at present."""
    shop = Shop.objects.select_related("source").filter(host=normalize_host(address)).first()
    if shop is None:
        host = to_printable(urlsplit(address).hostname or "")
        raise Rejected(Cause.HOST_NOT_ALLOWED, HOST_NOT_ALLOWED.format(host))
    if not shop.is_read:
        message = SHOP_STATES[Shop.State(shop.state)].format(shop.source.label, shop.state_reason)
        raise Rejected(Cause.SHOP_NOT_READ, message.strip())
    return shop


def check_limit(user_id: int) -> None:
    """Raises Rejected if the user tracks as many pages as allowed."""
    limit = settings.MAX_TRACKED_PAGES
    if TrackedPage.objects.filter(user=user_id).count() >= limit:
        reason = f"You track {limit} pages, which is the limit. Stop tracking one of them first."
        raise Rejected(Cause.LIMIT, reason)


@transaction.atomic
def stop_tracking(tracked: TrackedPage) -> None:
    """The book, its prices and the page stay."""
    page = ShopPage.objects.select_for_update().get(pk=tracked.page_id)
    tracked.delete()
    if page.priority == ShopPage.Priority.TRACKED and not page.trackings.exists():
        page.priority = ShopPage.Priority.READ if page.read_at else ShopPage.Priority.NEW
        page.save(update_fields=["priority"])


def list_tracked(user_id: int) -> QuerySet[TrackedPage]:
    return TrackedPage.objects.filter(user=user_id).select_related("page__book", "page__shop__source")


def _read_new_page(shop: Shop, address: str) -> ShopPage:
    """Raises Rejected. A page that another address redirects to may be known."""
    try:
        with open_shop(shop, max_wait=MAX_WAIT) as fetcher:
            reading = look_at(shop, address, fetcher)
    except Postponed:
        return _get_or_create(shop, address)[0]
    return _store_new_page(shop, reading)


@transaction.atomic
def _store_new_page(shop: Shop, reading: Reading) -> ShopPage:
    page, _ = _get_or_create(shop, clean_address(reading.url))
    store(page, reading)
    return page


def _get_or_create(shop: Shop, address: str) -> tuple[ShopPage, bool]:
    return ShopPage.objects.get_or_create(shop=shop, key=compute_key(address), defaults={"url": address})


@transaction.atomic
def _add(user_id: int, page: ShopPage) -> tuple[TrackedPage, bool]:
    """The page is read before pages without trackers."""
    ShopPage.objects.filter(pk=page.pk).update(priority=ShopPage.Priority.TRACKED)
    return TrackedPage.objects.get_or_create(user_id=user_id, page=page)
