"""Every value of Retry-After is read or ignored; none raises."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.retry_after import parse_retry_after


@pytest.mark.parametrize(("value", "seconds"), [("0", 0), (" 12 ", 12), ("9" * 40, 999_999_999)])
def test_numbers_of_seconds(value: str, seconds: float) -> None:
    assert parse_retry_after(value) == seconds


@pytest.mark.parametrize(
    "date_format",
    [
        "%a, %d %b %Y %H:%M:%S GMT",
        "%A, %d-%b-%y %H:%M:%S GMT",  # RFC 850
        "%a %b %d %H:%M:%S %Y",  # asctime
        "%a, %d %b %Y %H:%M:%S -0000",
        "%a, %d %b %Y %H:%M:%S +0000",
    ],
)
def test_dates(date_format: str) -> None:
    seconds = parse_retry_after((datetime.now(UTC) + timedelta(hours=1)).strftime(date_format))

    assert seconds is not None
    assert 3000 < seconds <= 3600


def test_past_dates_need_no_wait() -> None:
    assert parse_retry_after(format_datetime(datetime(2015, 10, 21, tzinfo=UTC), usegmt=True)) == 0


@pytest.mark.parametrize(
    "value",
    ["", "5 minutes", "1.5", "-1", "٣", "Mon, 20 Nov 9999999999 12:00:00 +0000", "Mon, 99 Nov 2026 99:99:99 GMT",
     "Mon, 20 Nov 2026 12:00:00 +9999999999", ",", "Mon,", "20 Nov"],
)  # fmt: skip
def test_unreadable_values_are_ignored(value: str) -> None:
    assert parse_retry_after(value) is None


@given(st.text(alphabet=st.characters(max_codepoint=255)))
def test_no_value_raises(value: str) -> None:
    parse_retry_after(value)
