"""Events, as producers hand them to the outbox."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from users.models import Notification


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """`recipient` is the id of a user; None for the operator. `payload` is JSON."""

    recipient: int | None
    kind: str
    dedupe_key: str
    payload: Mapping[str, Any] = field(default_factory=dict)
    watch: int | None = None
    observation: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PriceEvent:
    """A watch that fired because of an observation. `old` is the last price before it, `target` the reader's limit.

    `rule` states the watch in words, such as "at or below £10.00". `lowest` is the lowest price until the observation.
    """

    recipient: int
    watch: int
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

    def to_event(self) -> Event:
        [event] = self.to_events([(self.recipient, self.watch)])
        return event

    def to_events(self, watches: Iterable[tuple[int, int]]) -> Iterator[Event]:
        """The events of several watches with the same facts; `watches` are pairs of a reader and a watch."""
        payload, observation = self._to_payload(), self.observation
        for reader, watch in watches:
            yield Event(
                recipient=reader,
                kind=Notification.Kind.PRICE_WATCH,
                dedupe_key=make_dedupe_key(watch, observation),
                payload=payload,
                watch=watch,
                observation=observation,
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
