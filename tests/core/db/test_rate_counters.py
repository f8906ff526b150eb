"""Counters of rate limits: exact limits, windows, and the removal of old rows."""

import time

import pytest
from django.db import connection
from django.db.models import F

from core.db.rate_counters import MAX_REMOVED, count_attempt
from core.models import RateCounter

pytestmark = pytest.mark.django_db
# Without them, PostgreSQL runs a subquery of IN for each row.
JOINS = ("enable_hashjoin", "enable_mergejoin", "enable_hashagg", "enable_sort", "enable_material")


def count(key: str = "key") -> float | None:
    return count_attempt(key, limit=3, seconds=60)


def expire_windows() -> None:
    RateCounter.objects.update(expires_at=F("expires_at") - 61)


def test_attempts_beyond_the_limit_are_rejected_until_the_window_ends() -> None:
    assert [count() for _ in range(3)] == [None] * 3
    waits = [count() for _ in range(2)]
    assert all(wait is not None and 0 < wait <= 60 for wait in waits)
    assert count("another key") is None

    expire_windows()

    assert [count() is None for _ in range(4)] == [True, True, True, False]


def test_rejected_attempts_do_not_change_the_counter() -> None:
    for _ in range(3):
        count()
    before = RateCounter.objects.values().get()

    assert count() is not None

    assert RateCounter.objects.values().get() == before


def test_the_clock_of_the_process_is_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    for _ in range(3):
        count()

    hour_later = time.time() + 3600
    monkeypatch.setattr(time, "time", lambda: hour_later)

    wait = count()
    assert wait is not None
    assert wait <= 60


def test_a_new_window_removes_a_bounded_number_of_expired_ones() -> None:
    rows = [RateCounter(key=f"old {number}", attempts=1, expires_at=1) for number in range(MAX_REMOVED + 5)]
    RateCounter.objects.bulk_create(rows)

    with connection.cursor() as cursor:
        for option in JOINS if connection.vendor == "postgresql" else ():
            cursor.execute(f"SET LOCAL {option} = off")

    count("first")
    assert RateCounter.objects.filter(expires_at=1).count() == 5
    count("second")
    assert set(RateCounter.objects.values_list("key", flat=True)) == {"first", "second"}
