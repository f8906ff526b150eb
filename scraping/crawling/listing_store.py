"""The listing pages of a shop as they were last read: one that is as it was need not be sent, nor parsed, again."""

from dataclasses import asdict
from decimal import Decimal
from typing import Any

from django.db import transaction

from scraping.models import ListingState
from scraping.page import UNCONDITIONAL, Validators
from scraping.sites.site import Listing, ListingEntry, Site


class Listings:
    """What earlier runs read, and what this one has read so far, by address."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._known: dict[str, ListingState] = {}
        self._seen: dict[str, ListingState] = {}

    def open(self) -> None:
        rows = ListingState.objects.filter(site=self._site.name, version=self._site.version)
        self._known = {row.url: row for row in rows}

    def validators(self, url: str) -> Validators:
        """To ask for it again with."""
        row = self._known.get(url)
        return Validators(etag=row.etag, last_modified=row.last_modified) if row else UNCONDITIONAL

    def unmodified(self, url: str) -> Listing:
        """What it says, as before."""
        self._seen[url] = self._known[url]
        return from_json(self._known[url].listing)

    def add(self, url: str, listing: Listing, validators: Validators) -> None:
        if listing.entries:
            self._seen[url] = ListingState(
                site=self._site.name,
                version=self._site.version,
                url=url,
                position=listing.entries[0].position,
                listing=as_json(listing),
                etag=validators.etag,
                last_modified=validators.last_modified,
            )

    @transaction.atomic
    def keep(self) -> None:
        """What this run has seen takes the place of what earlier ones had."""
        if self._seen == self._known:
            return
        ListingState.objects.filter(site=self._site.name).delete()
        # Two addresses that show one page, as after a redirect, are kept once.
        pages = {row.position: row for row in self._seen.values()}
        ListingState.objects.bulk_create(pages.values())


def as_json(listing: Listing) -> dict[str, Any]:
    entries = [
        {**asdict(entry), "price": None if entry.price is None else str(entry.price)} for entry in listing.entries
    ]
    return {"total": listing.total, "entries": entries, "other_pages": list(listing.other_pages)}


def from_json(value: dict[str, Any]) -> Listing:
    entries = (ListingEntry(**{**each, "price": _price(each["price"])}) for each in value["entries"])
    return Listing(total=value["total"], entries=tuple(entries), other_pages=tuple(value["other_pages"]))


def _price(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)
