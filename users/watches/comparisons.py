"""The comparison of watches with a market, and the event if they fire."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from core.batches import batches
from users.models import Notification
from users.notifications.events import Event, PriceEvent
from users.watches.descriptions import describe_rule
from users.watches.market import Market
from users.watches.transitions import Firing, WatchState, advance, rejoin_offer

BATCH = 1_000  # watches in a query
Watches = Sequence[tuple[int, int]]  # pairs of a reader and a watch
Told = set[tuple[int | None, int | None]]  # a watch, and an observation of which it has an event


@dataclass(frozen=True, slots=True)
class Comparison:
    """Watches of one book with the same scope and state, and their next state. `event` is set if they fire."""

    before: WatchState
    after: WatchState
    watches: Watches
    event: Event | None = None

    @property
    def is_change(self) -> bool:
        return self.after is not self.before

    @property
    def keys(self) -> list[int]:
        return [watch for _, watch in self.watches]


def compare(before: WatchState, watches: Watches, market: Market, *, now: datetime) -> Comparison:
    after, firing = advance(before, market, now=now)
    event = make_event(watches, after, market, firing) if firing else None
    return Comparison(before, after, watches, event)


def make_event(watches: Watches, state: WatchState, market: Market, firing: Firing) -> Event:
    """The event belongs to the newest statement, which is another row's if the cheapest offer ended.

    Its time is that of the offer.
    """
    offer = firing.offer
    newest = offer if offer.is_new else market.newest or offer
    known = market.ranges.get(offer.currency or "")
    event = PriceEvent(
        observation=newest.observation, observed_at=offer.observed_at,
        book=offer.book, title=offer.title, in_stock=offer.in_stock,
        rule=describe_rule(state), target=state.target,
        new=offer.price, old=firing.old, currency=offer.currency, lowest=known.lowest if known else None,
    )  # fmt: skip
    return event.to_event(watches)


def drop_repeated_events(comparisons: Iterable[Comparison]) -> list[Comparison]:
    """Leaves out events that the watches have already: a watch has one event of an observation."""
    comparisons = list(comparisons)
    told = _find_told([each for each in comparisons if each.event])
    return [part for each in comparisons for part in _split(each, told)] if told else comparisons


def _find_told(fired: Iterable[Comparison]) -> Told:
    pairs = [(watch, each.event.observation) for each in fired if each.event for watch in each.keys]
    told: Told = set()
    for some in batches(pairs, BATCH):
        watches, observations = zip(*some, strict=True)
        found = Notification.objects.filter(watch__in=watches, observation__in=set(observations))
        told.update(found.order_by().values_list("watch", "observation"))
    return told.intersection(pairs)


def _split(found: Comparison, told: Told) -> list[Comparison]:
    if found.event is None:
        return [found]
    observation, recipients = found.event.observation, found.event.recipients
    repeated = {watch for watch in found.keys if (watch, observation) in told}
    event = replace(found.event, recipients=[each for each in recipients if each.watch not in repeated])
    old, new = ([each for each in found.watches if (each[1] in repeated) is is_old] for is_old in (True, False))
    silent = Comparison(found.before, rejoin_offer(found.before, found.after), old)
    return [each for each in (silent, replace(found, watches=new, event=event)) if each.watches]
