"""When notifications are due: digests and quiet hours, also on days on which the clocks change."""

from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from users.notifications.schedule import Timetable

LONDON, NEW_YORK = ZoneInfo("Europe/London"), ZoneInfo("America/New_York")
NIGHT = (time(22), time(7))
ZONES = ["UTC", "Europe/London", "America/New_York", "Australia/Lord_Howe", "Pacific/Chatham", "Asia/Kathmandu"]


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("moment", "due"),
    [
        ("2026-01-10 12:00", "2026-01-10 12:00"),
        ("2026-01-10 22:00", "2026-01-11 07:00"),
        ("2026-01-10 03:00", "2026-01-10 07:00"),
        ("2026-01-10 07:00", "2026-01-10 07:00"),
        ("2026-07-10 21:30", "2026-07-11 06:00"),  # 22:30 British Summer Time
        ("2026-03-28 23:00", "2026-03-29 06:00"),  # the night in which the clocks go forward
        ("2026-10-24 21:00", "2026-10-25 07:00"),  # the night in which they go back
    ],
)
def test_nothing_is_sent_in_quiet_hours(moment: str, due: str) -> None:
    assert Timetable(zone=LONDON, quiet=NIGHT).find_due(at(moment), "at_once") == at(due)


def test_quiet_hours_may_be_within_a_day() -> None:
    timetable = Timetable(zone=NEW_YORK, quiet=(time(9), time(17)))

    assert timetable.find_due(at("2026-01-12 14:30"), "at_once") == at("2026-01-12 22:00")
    assert timetable.find_due(at("2026-01-12 22:30"), "at_once") == at("2026-01-12 22:30")


@pytest.mark.parametrize(
    ("moment", "due"),
    [
        ("2026-01-10 07:59", "2026-01-10 08:00"),
        ("2026-01-10 08:00", "2026-01-11 08:00"),
        ("2026-03-28 12:00", "2026-03-29 07:00"),
        ("2026-10-24 12:00", "2026-10-25 08:00"),
    ],
)
def test_daily_digests_keep_the_time_of_the_clocks(moment: str, due: str) -> None:
    assert Timetable(zone=LONDON).find_due(at(moment), "daily") == at(due)


def test_weekly_digests_are_on_the_chosen_day() -> None:
    timetable = Timetable(zone=LONDON, weekday=4, digest_time=time(18))

    assert timetable.find_due(at("2026-01-05 12:00"), "weekly") == at("2026-01-09 18:00")
    assert timetable.find_due(at("2026-01-09 18:00"), "weekly") == at("2026-01-16 18:00")


def test_a_digest_in_quiet_hours_is_sent_at_their_end() -> None:
    timetable = Timetable(zone=LONDON, quiet=(time(20), time(9, 30)))

    assert timetable.find_due(at("2026-01-10 12:00"), "daily") == at("2026-01-11 09:30")


def test_an_hour_that_the_clocks_skip_begins_an_hour_later() -> None:
    """On 29 March 2026 01:30 does not exist in London."""
    assert Timetable(zone=LONDON, digest_time=time(1, 30)).find_due(at("2026-03-28 12:00"), "daily") == at(
        "2026-03-29 01:30"
    )


def test_a_repeated_hour_ends_the_quiet_hours_after_it_began() -> None:
    """On 25 October 2026 01:00 to 02:00 is repeated in London."""
    timetable = Timetable(zone=LONDON, quiet=(time(22), time(1, 30)))

    assert timetable.find_due(at("2026-10-25 00:10"), "at_once") == at("2026-10-25 00:30")
    assert timetable.find_due(at("2026-10-25 01:10"), "at_once") == at("2026-10-25 01:30")


@given(
    moment=st.datetimes(datetime(2025, 1, 1), datetime(2028, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001
    zone=st.sampled_from(ZONES).map(ZoneInfo),
    quiet=st.none() | st.tuples(st.times(), st.times()),
    digest_time=st.times(),
    weekday=st.integers(0, 6),
    schedule=st.sampled_from(["at_once", "daily", "weekly"]),
)
def test_due_times_are_never_early_and_never_late(
    moment: datetime, zone: ZoneInfo, quiet: tuple[time, time] | None, digest_time: time, weekday: int, schedule: str
) -> None:
    timetable = Timetable(zone=zone, quiet=quiet, digest_time=digest_time, weekday=weekday)

    due = timetable.find_due(moment, schedule)

    longest = {"at_once": 1, "daily": 2, "weekly": 8}[schedule]
    assert moment <= due
    assert (due - moment).total_seconds() <= (longest * 24 + 2) * 3600
