"""The sitemap files and listing pages that a search has to read. The rows are its state, so that it can continue."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from hashlib import sha1

from core.db.bulk import upsert
from core.text import to_printable
from scraping.models import PageList, Shop
from scraping.models.page_list import MAX_PROBLEM
from scraping.page import UNCONDITIONAL, Validators

TRUSTED_AGE = timedelta(days=7)  # after which a file is requested again although the index states the same date
FORGOTTEN_AGE = timedelta(days=30)  # after which a list is deleted that no search found
DAY = timedelta(days=1)
FOUND = ["url", "kind", "depth", "searched_at", "is_pending", "dated_at"]
COLUMNS = ["shop", "key", *FOUND, "read_pattern", "entries", "problem"]


@dataclass(frozen=True, slots=True)
class NamedList:
    """A list's address, and its date if the list that names it states one."""

    url: str
    dated_at: datetime | None = None

    @property
    def key(self) -> str:
        return sha1(self.url.encode(errors="replace"), usedforsecurity=False).hexdigest()


def find_next(shop: Shop, kind: str) -> PageList | None:
    """The list to read next: those of the shop's settings first."""
    pending = PageList.objects.filter(shop=shop, kind=kind, is_pending=True).order_by("depth", "id").first()
    if pending:
        pending.shop = shop
    return pending


def start_search(shop: Shop, kind: str, urls: Iterable[str], *, now: datetime) -> None:
    """Makes the lists of the shop's settings pending."""
    PageList.objects.filter(shop=shop, is_pending=True).exclude(kind=kind).update(is_pending=False)
    _store(shop, kind, map(NamedList, urls), depth=0, searched_at=now)


def add_named(parent: PageList, lists: Iterable[NamedList]) -> None:
    """Makes the lists pending that this one names, unless this search has found them before, or they are unchanged."""
    _store(parent.shop, parent.kind, lists, depth=parent.depth + 1, searched_at=parent.searched_at)


def _store(shop: Shop, kind: str, lists: Iterable[NamedList], *, depth: int, searched_at: datetime) -> None:
    unique = {each.key: each for each in lists}
    known = {row.key: row for row in PageList.objects.filter(shop=shop, key__in=unique)}
    named = [each for each in unique.values() if each.key not in known or known[each.key].searched_at < searched_at]
    rows = [
        (
            shop.pk, each.key, each.url, kind, depth, searched_at,
            not _is_unchanged(known.get(each.key), each, shop, searched_at), each.dated_at, "", 0, "",
        )
        for each in named
    ]  # fmt: skip
    upsert(PageList, COLUMNS, rows, unique=["shop", "key"], update=FOUND)


def _is_unchanged(known: PageList | None, named: NamedList, shop: Shop, searched_at: datetime) -> bool:
    if known is None or known.read_at is None or named.dated_at is None or known.problem:
        return False
    return (
        named.dated_at == known.read_dated_at
        and _find_end(named.dated_at) <= known.read_at
        and searched_at < known.read_at + TRUSTED_AGE
        and known.read_pattern == shop.page_pattern
    )


def _find_end(date: datetime) -> datetime:
    """The end of the day of a date such as 2026-11-27, which stays the same if a file changes twice on that day."""
    return date + DAY if date.time() == time.min else date


def get_validators(page_list: PageList) -> Validators:
    """None are sent after an incomplete reading, or if other pages of the list are wanted now."""
    if page_list.problem or page_list.read_pattern != page_list.shop.page_pattern:
        return UNCONDITIONAL
    return Validators(etag=page_list.etag, last_modified=page_list.last_modified)


def mark_as_read(page_list: PageList, validators: Validators, *, entries: int, now: datetime) -> None:
    page_list.is_pending, page_list.problem, page_list.entries = False, "", entries
    page_list.read_at, page_list.read_dated_at = now, page_list.dated_at
    page_list.read_pattern = page_list.shop.page_pattern
    page_list.etag, page_list.last_modified = validators.etag, validators.last_modified
    page_list.save()


def mark_as_failed(page_list: PageList, problem: str) -> None:
    """The next search reads it again."""
    page_list.is_pending, page_list.problem = False, to_printable(problem)[:MAX_PROBLEM]
    page_list.save(update_fields=["is_pending", "problem"])


def end_search(shop: Shop, *, now: datetime) -> None:
    """No list is pending any more."""
    shop.discovered_at = now
    shop.save(update_fields=["discovered_at"])
    PageList.objects.filter(shop=shop, searched_at__lt=now - FORGOTTEN_AGE).delete()
