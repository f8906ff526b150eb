"""Recorded pages of real shops with their true values. Third-party material, not part of this repository."""

import json
from dataclasses import dataclass, replace
from decimal import Decimal

import pytest

from scraping.page import Page
from scraping.structured.extraction import Availability, Kind, Offered
from tests.support.installation import ROOT

FOLDER = ROOT.parent / "shared" / "data" / "shops"
if not FOLDER.exists():  # a worktree is one level deeper
    FOLDER = ROOT.parents[1] / "shared" / "data" / "shops"
TRUTH = FOLDER / "truth.json"
KINDS = {"read": Kind.READ, "held": Kind.IN_DOUBT, "none": Kind.NONE}
needs_recorded_pages = pytest.mark.skipif(not TRUTH.exists(), reason="The recorded pages of shops are not available.")


@dataclass(frozen=True, slots=True)
class RecordedPage:
    """`kind` and `product` are the true values."""

    name: str
    page: Page
    kind: Kind
    product: Offered


def without_works(product: Offered | None) -> Offered:
    """The fields whose true values are recorded: all but the description and the cover."""
    return replace(product or Offered(), description=None, cover_url=None)


def load_recorded_pages() -> list[RecordedPage]:
    """The pages of HTML, none if they are not available. The replies in JSON are for another reader."""
    rows = json.loads(TRUTH.read_text(encoding="utf-8")) if TRUTH.exists() else []
    return [_load_page(row) for row in rows if row["file"].endswith(".html")]


def _load_page(row: dict[str, str | None]) -> RecordedPage:
    text = (FOLDER / str(row["file"])).read_text(encoding="utf-8", errors="replace")
    product = Offered(
        title=row["title"],
        authors=tuple(row["authors"] or ()),
        isbn_13=row["isbn_13"],
        price=Decimal(row["price"]) if row["price"] else None,
        currency=row["currency"],
        availability=Availability(row["availability"]) if row["availability"] else None,
    )
    return RecordedPage(str(row["file"]), Page(str(row["url"]), text), KINDS[str(row["kind"])], product)
