"""Events that staff may want to know about. Receivers run in the transaction of the event."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from django.dispatch import Signal

staff_event = Signal()  # `event`: a StaffEvent

UNCHANGED = "The catalogue was not changed."
AFTER_FAILURE = (
    "Check that the address of the shop opens in a browser, then start the crawl again. If it fails again, ask the "
    "operator."
)
AFTER_REJECTION = (
    "Compare the shop with the reason. If the shop is faulty, start another crawl later; if it has changed for good, "
    "the operator can accept the change (docs/crawling.md, Quality gates)."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffEvent:
    """`key` identifies the event, so that a repetition is not reported again. `facts` are JSON.

    Of a run they are `run`, `site`, `reason` and `changed`, the number of books created, updated or sent to review, or
    None if it is unknown; of a shop `site` and `reason`.
    """

    class Kind(Enum):
        RUN_FAILED = "run_failed"
        RUN_REJECTED = "run_rejected"
        SHOP_PAUSED = "shop_paused"
        REVIEW_WAITING = "review_waiting"

    kind: Kind
    key: str
    facts: Mapping[str, Any] = field(default_factory=dict)


def report(event: StaffEvent) -> None:
    staff_event.send(sender=StaffEvent, event=event)
