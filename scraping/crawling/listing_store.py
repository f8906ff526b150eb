"""Stores the last version of each listing page, so that an unchanged one is neither sent nor parsed again."""

from dataclasses import asdict
from decimal import Decimal
from typing import Any

from django.db import transaction

from scraping.models import ListingState
from scraping.page import UNCONDITIONAL, Validators
from scraping.sites.site import Listing, ListingEntry, Site, UnreadableEntry


class ListingStore:
    """The listing pages that earlier runs stored and those of the current run, by address."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._stored: dict[str, ListingState] = {}
        self._current: dict[str, ListingState] = {}

    def load(self) -> None:
        rows = ListingState.objects.filter(site=self._site.name, version=self._site.version)
        self._stored = {row.url: row for row in rows}

    def find_validators(self, url: str) -> Validators:
        row = self._stored.get(url)
        return Validators(etag=row.etag, last_modified=row.last_modified) if row else UNCONDITIONAL

    def reuse(self, url: str) -> Listing:
        """Returns the stored listing of a page that was not modified."""
        self._current[url] = self._stored[url]
        return listing_from_json(self._stored[url].listing)

    def add(self, url: str, listing: Listing, validators: Validators) -> None:
        if listing.size:
            self._current[url] = ListingState(
                site=self._site.name,
                version=self._site.version,
                url=url,
                position=listing.first_position,
                listing=listing_to_json(listing),
                etag=validators.etag,
                last_modified=validators.last_modified,
            )

    @transaction.atomic
    def save(self) -> None:
        """Replaces the stored pages by those of the current run."""
        if self._current == self._stored:
            return
        ListingState.objects.filter(site=self._site.name).delete()
        # After a redirect two addresses show the same page. It is stored once.
        rows = {row.position: row for row in self._current.values()}
        ListingState.objects.bulk_create(rows.values())


def listing_to_json(listing: Listing) -> dict[str, Any]:
    entries = [
        {**asdict(entry), "price": None if entry.price is None else str(entry.price)} for entry in listing.entries
    ]
    unreadable = [asdict(book) for book in listing.unreadable]
    other_pages = list(listing.other_pages)
    return {"total": listing.total, "entries": entries, "unreadable": unreadable, "other_pages": other_pages}


def listing_from_json(value: dict[str, Any]) -> Listing:
    entries = (ListingEntry(**{**entry, "price": _parse_price(entry["price"])}) for entry in value["entries"])
    return Listing(
        total=value["total"],
        entries=tuple(entries),
        unreadable=tuple(UnreadableEntry(**book) for book in value["unreadable"]),
        other_pages=tuple(value["other_pages"]),
    )


def _parse_price(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)
