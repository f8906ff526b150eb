"""Events, as producers hand them to the outbox."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple

from users.models import Notification


class Recipient(NamedTuple):
    """`user` is the id of a user; None for the operator. `dedupe_key` identifies the event among those of the user."""

    user: int | None
    dedupe_key: str
    watch: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """What each recipient gets a notification of. `payload` is JSON."""

    kind: str
    recipients: Sequence[Recipient]
    payload: Mapping[str, Any] = field(default_factory=dict)
    observation: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceEvent:
    """Watches in the same state that fired because of an observation. `old` is the last price before it, `target` the
    readers' limit.

    `rule` states the condition in words, such as "at or below £10.00". `lowest` is the lowest price until the
    observation.
    """

    observation: int
    book: int
    title: str
    rule: str
    observed_at: datetime
    new: Decimal | None
    old: Decimal | None = None
    currency: str | None = None
    target: Decimal | None = None
    lowest: Decimal | None = None
    in_stock: bool | None = None

    def to_event(self, watches: Iterable[tuple[int, int]]) -> Event:
        """`watches` are pairs of a reader and a watch."""
        return Event(
            kind=Notification.Kind.PRICE_WATCH,
            recipients=[
                Recipient(reader, make_dedupe_key(watch, self.observation), watch) for reader, watch in watches
            ],
            payload=self._to_payload(),
            observation=self.observation,
        )

    def _to_payload(self) -> dict[str, Any]:
        prices = {name: getattr(self, name) for name in ("old", "new", "target", "lowest")}
        return {
            "book": self.book,
            "title": self.title,
            "rule": self.rule,
            "observed_at": self.observed_at.isoformat(),
            "currency": self.currency,
            "in_stock": self.in_stock,
            **{name: None if price is None else str(price) for name, price in prices.items()},
        }


def make_dedupe_key(watch: int, observation: int | str) -> str:
    return f"watch {watch}, observation {observation}"
