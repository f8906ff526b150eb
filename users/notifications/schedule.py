"""When a notification is sent: at once or in a digest, and not in quiet hours. Pure.

Hours are those of the clocks in the reader's time zone, also on days on which the clocks change. A digest in a skipped
hour is sent an hour later by the clocks, a digest in a repeated hour the first time.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import count
from zoneinfo import ZoneInfo


@dataclass(frozen=True, slots=True, kw_only=True)
class Timetable:
    """`quiet` are the start and the end of the quiet hours. `weekday` is that of weekly digests; 0 is Monday."""

    zone: ZoneInfo
    quiet: tuple[time, time] | None = None
    digest_time: time = time(8)
    weekday: int = 0

    def find_due(self, now: datetime, schedule: str) -> datetime:
        """The time, in UTC, at which an event of `now` is due for a channel with this schedule."""
        due = now if schedule == "at_once" else self.find_digest(now, is_weekly=schedule == "weekly")
        return self.leave_quiet_hours(due)

    def find_digest(self, after: datetime, *, is_weekly: bool) -> datetime:
        """The first digest later than `after`."""
        days = (day for day in self._days_from(after) if not is_weekly or day.weekday() == self.weekday)
        return next(moment for day in days if (moment := self._moment(day, self.digest_time)) > after)

    def leave_quiet_hours(self, at: datetime) -> datetime:
        """The end of the quiet hours if `at` is in them, else `at`."""
        if self.quiet is None or not _contains(self.quiet, at.astimezone(self.zone).time()):
            return at.astimezone(UTC)
        return next(end for day in self._days_from(at) for end in self._moments(day, self.quiet[1]) if end > at)

    def is_end_of_quiet_hours(self, at: datetime) -> bool:
        return self.quiet is not None and at.astimezone(self.zone).time() == self.quiet[1]

    def _days_from(self, moment: datetime) -> Iterator[date]:
        first = moment.astimezone(self.zone).date()
        return (first + timedelta(days=days) for days in count())

    def _moments(self, day: date, clock: time) -> tuple[datetime, datetime]:
        """The two moments at which the clocks show this time; they differ if the hour is repeated."""
        local = datetime.combine(day, clock, self.zone)
        return local.astimezone(UTC), local.replace(fold=1).astimezone(UTC)

    def _moment(self, day: date, clock: time) -> datetime:
        return datetime.combine(day, clock, self.zone).astimezone(UTC)


def _contains(quiet: tuple[time, time], clock: time) -> bool:
    start, end = quiet
    return start <= clock < end if start <= end else clock >= start or clock < end
