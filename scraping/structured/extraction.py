"""The result of reading a product page, and the facts that staff state about a shop."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum

MAX_SHOWN = 100  # characters of a doubt's text


class Source(StrEnum):
    """Where a value was stated. SETTINGS: not by the page, but by the shop's settings."""

    JSON_LD = "json-ld"
    MICRODATA = "microdata"
    OPENGRAPH = "opengraph"
    SETTINGS = "settings"


class Availability(StrEnum):
    """IN can be bought now, PRE can be ordered before its publication, OUT cannot be bought or delivered now.

    BACKORDER is a case of OUT: an order is delivered when the shop has new copies.
    """

    IN = "in"
    OUT = "out"
    PRE = "pre"
    BACKORDER = "backorder"


class Kind(StrEnum):
    READ = "read"
    IN_DOUBT = "in_doubt"
    NONE = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class Hints:
    """Facts about all pages of a shop, which its pages do not state.

    `currency`: an ISO 4217 code. `decimal_mark`: `.` or `,`.
    """

    currency: str | None = None
    decimal_mark: str | None = None


NO_HINTS = Hints()


@dataclass(frozen=True, slots=True)
class Doubt:
    """A statement that is not certain.

    `field` is a field of Offered, `product` (which product the page describes) or `markup` (statements that cannot be
    parsed). `text` is the exact text of the page, cut to MAX_SHOWN characters.
    """

    field: str
    reason: str
    text: str = ""

    def __str__(self) -> str:
        return f"{self.field}: {self.reason}" + (f": {self.text!r}" if self.text else "")


def doubt(field_name: str, reason: str, text: str = "") -> Doubt:
    return Doubt(field_name, reason, text if len(text) <= MAX_SHOWN else f"{text[:MAX_SHOWN]}…")


@dataclass(frozen=True, slots=True, kw_only=True)
class Offered:
    """A product as its page states it. None: not stated, or in doubt.

    `isbn_13` has 13 digits without hyphens. `price` is in units of `currency`, an ISO 4217 code; both are stated or
    none of them is. `description` is plain text, `cover_url` an absolute address.
    """

    title: str | None = None
    authors: tuple[str, ...] = ()
    isbn_13: str | None = None
    price: Decimal | None = None
    currency: str | None = None
    availability: Availability | None = None
    description: str | None = None
    cover_url: str | None = None


@dataclass(frozen=True, slots=True)
class Extraction:
    """`sources` has the source of every stated field of the product."""

    product: Offered | None = None
    doubts: tuple[Doubt, ...] = ()
    sources: Mapping[str, Source] = field(default_factory=dict)

    @property
    def kind(self) -> Kind:
        """IN_DOUBT if it is uncertain which product the page describes, or what its title or price is."""
        if {each.field for each in self.doubts} & {"product", "title", "price"}:
            return Kind.IN_DOUBT
        return Kind.READ if self.product else Kind.NONE
