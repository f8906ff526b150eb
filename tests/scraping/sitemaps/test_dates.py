"""Dates of sitemaps."""

from datetime import UTC, datetime

import pytest

from scraping.sitemaps.dates import parse_date
from tests.scraping.sitemaps.files import NOW


@pytest.mark.parametrize(
    ("text", "date"),
    [
        ("2026", datetime(2026, 1, 1, tzinfo=UTC)),
        ("2026-11", datetime(2026, 11, 1, tzinfo=UTC)),
        ("2026-11-03", datetime(2026, 11, 3, tzinfo=UTC)),
        ("2026-11-03T04:05Z", datetime(2026, 11, 3, 4, 5, tzinfo=UTC)),
        ("2026-11-03T04:05:06Z", datetime(2026, 11, 3, 4, 5, 6, tzinfo=UTC)),
        ("2026-11-03T04:05:06.789+02:00", datetime(2026, 11, 3, 2, 5, 6, tzinfo=UTC)),
        ("2026-11-03T04:05:06-0230", datetime(2026, 11, 3, 6, 35, 6, tzinfo=UTC)),
        ("2026-11-03 04:05:06 +02:00", datetime(2026, 11, 3, 2, 5, 6, tzinfo=UTC)),
        ("2026-11-03T04:05:06", datetime(2026, 11, 3, 4, 5, 6, tzinfo=UTC)),
        ("\n 2026-11-03 \n", datetime(2026, 11, 3, tzinfo=UTC)),
    ],
)
def test_w3c_dates_are_read_in_utc(text: str, date: datetime) -> None:
    assert parse_date(text, now=NOW) == date


@pytest.mark.parametrize(
    "text",
    [
        "", "yesterday", "03/11/2026", "2026-13-01", "2026-02-30", "2026-11-03T25:00Z", "2026-11-03T04:05:60Z",
        "20261103", "2026-W45", "2026-11-03T04:05+99:00", "٢٠٢٦-11-03", "2026-11-03T", "1" * 100_000,
    ],
)  # fmt: skip
def test_other_texts_are_no_dates(text: str) -> None:
    assert parse_date(text, now=NOW) is None


@pytest.mark.parametrize("text", ["2026-11-28", "2026-11-27T12:00:01Z", "9999-12-31T23:59:59-14:00"])
def test_a_future_date_is_left_out(text: str) -> None:
    assert parse_date(text, now=NOW) is None


@pytest.mark.parametrize("text", ["0000-00-00", "0001-01-01T00:00:00+14:00", "1970-01-01", "1994-12-31"])
def test_a_date_from_before_web_shops_is_left_out(text: str) -> None:
    assert parse_date(text, now=NOW) is None
