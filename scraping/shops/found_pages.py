"""Stores the pages that a sitemap or a listing page names."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from core.db.bulk import upsert_computed
from core.db.row_sources import Row
from scraping.models import Shop, ShopPage
from scraping.shops.identity import NotAnAddress, clean_address, compute_key

COLUMNS = [
    "shop", "key", "url", "priority", "due_at", "dated_at", "listed_at", "state", "reason", "failures", "sources",
]  # fmt: skip
TRACKED, CHANGED, NEW = ShopPage.Priority.TRACKED.value, ShopPage.Priority.CHANGED.value, ShopPage.Priority.NEW.value
IS_NEWER = f"old.priority <> {TRACKED} AND excluded.dated_at > old.read_at"
# A page that failed is not read earlier because of its date.
IS_EARLIER = f"{IS_NEWER} AND old.failures = 0 AND excluded.due_at < old.due_at"
SEEN_AGAIN = {"listed_at": "excluded.listed_at", "dated_at": "coalesce(excluded.dated_at, old.dated_at)"}
BELIEVED = {
    "priority": f"CASE WHEN {IS_NEWER} THEN {CHANGED} ELSE old.priority END",
    "due_at": f"CASE WHEN {IS_EARLIER} THEN excluded.due_at ELSE old.due_at END",
}


@dataclass(frozen=True, slots=True)
class FoundPage:
    """`key` does not depend on tracking parameters of the address."""

    key: str
    url: str
    dated_at: datetime | None


def identify_page(url: str, dated_at: datetime | None = None) -> FoundPage | None:
    """Returns None if the address cannot be one of a page."""
    try:
        address = clean_address(url)
        return FoundPage(compute_key(address), address, dated_at)
    except (NotAnAddress, ValueError):
        return None


def store_found_pages(shop: Shop, pages: Iterable[FoundPage], *, now: datetime) -> None:
    """Adds new pages. Known ones keep their state and their errors.

    If the shop's dates are trusted, a page with a later date than its last reading is due before the new pages.
    """
    rows: list[Row] = [
        (shop.pk, page.key, page.url, NEW, now, page.dated_at, now, ShopPage.State.WAITING.value, "", 0, {})
        for page in _remove_duplicates(pages)
    ]
    update = SEEN_AGAIN | (BELIEVED if shop.believes_dates else {})
    upsert_computed(ShopPage, COLUMNS, rows, unique=["shop", "key"], update=update)


def _remove_duplicates(pages: Iterable[FoundPage]) -> list[FoundPage]:
    """One page of each key, with its latest date. Sorted, so that concurrent statements lock rows in one order."""
    unique: dict[str, FoundPage] = {}
    for page in pages:
        known = unique.setdefault(page.key, page)
        if page.dated_at and (known.dated_at is None or known.dated_at < page.dated_at):
            unique[page.key] = page
    return sorted(unique.values(), key=lambda page: page.key)
