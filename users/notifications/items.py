"""An event as text, independent of the channel of its message."""

from dataclasses import dataclass, field, replace
from typing import Any

from users.models import Notification
from users.notifications.lines import isolate, shorten, to_line

MAX_TITLE_OF_SUBJECT = 80  # characters


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """An event as text. `data` are its facts for programs. `path` is the page about it.

    `change` is the new price or the availability, and `before` the earlier price. `notice` says what has changed since.
    """

    notification: int
    watch: int | None = None
    kind: str
    title: str
    change: str = ""
    before: str = ""
    notice: str = ""
    details: list[str] = field(default_factory=list)
    path: str
    is_outdated: bool = False
    data: dict[str, Any]

    @property
    def heading(self) -> str:
        return f"{isolate(self.title)}: {self.change}" if self.change else self.title

    @property
    def summary(self) -> str:
        """The heading for programs, without characters for its display."""
        return f"{self.title}: {self.change}" if self.change else self.title

    @property
    def lines(self) -> list[str]:
        """The text below the heading, which has the new price already."""
        before = f"Before: {self.before}" if self.before else ""
        return [line for line in (self.notice, before, *self.details) if line]

    @property
    def subject(self) -> str:
        return replace(self, title=shorten(self.title, MAX_TITLE_OF_SUBJECT)).heading


def make_item(notification: Notification, heading: str, lines: list[str], path: str) -> Item:
    return Item(
        notification=notification.pk,
        kind=notification.kind,
        title=to_line(heading),
        details=[to_line(line) for line in lines if line],
        path=path,
        data=notification.payload,
    )
