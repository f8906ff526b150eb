"""The search of the world while Open Library fails, hangs or asks to be left alone."""

import time
from threading import BoundedSemaphore

import pytest
from django.core.cache import cache
from pytest_django.fixtures import Settings

from books.models import OutsideService
from books.openlibrary import cache as kept
from books.openlibrary import client
from books.openlibrary import rate_limit as turns
from books.openlibrary.errors import Resting, TooFast
from tests.fakes.openlibrary.app import OpenLibrary
from tests.support.factories import make_book
from tests.support.responses import open_library_status
from tests.support.running import free_port
from tests.users.conftest import Search

pytestmark = pytest.mark.django_db


FAULTS = {
    "down": ("unavailable", "cannot be reached (Connection refused)"),
    "html": ("unavailable", "no whole JSON"),
    "html500": ("unavailable", "answered 500"),
    "truncated": ("unavailable", "no whole JSON"),
    "list": ("unavailable", "another shape"),
    "hang": ("unavailable", "did not answer in time"),
    "ratelimit": ("rate_limited", "asked too often"),
    "refuse": ("unavailable", "set CONTACT"),
}


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client, "TOTAL_SECONDS", 0.3)


def switch_on(fault: str, service: OpenLibrary, settings: Settings) -> None:
    service.fault = fault
    if fault == "down":
        settings.OPENLIBRARY_URL = f"http://127.0.0.1:{free_port()}/"


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.usefixtures("impatient")
def test_without_an_answer_it_says_so_and_shows_the_catalogue(
    search: Search, open_library: OpenLibrary, settings: Settings, fault: str
) -> None:
    own = make_book(title="A War of our own")
    switch_on(fault, open_library, settings)

    body = search("war")

    status, reason = open_library_status(body)
    assert status == FAULTS[fault][0]
    assert FAULTS[fault][1] in reason
    assert body["sources"][0]["age_seconds"] is None
    assert ([row["book"] for row in body["results"]], body["count"]) == ([own.pk], 1)


@pytest.mark.parametrize("fault", [fault for fault in FAULTS if fault != "down"])
@pytest.mark.usefixtures("impatient")
def test_an_older_answer_is_shown_and_said_to_be_old(
    search: Search, open_library: OpenLibrary, monkeypatch: pytest.MonkeyPatch, fault: str
) -> None:
    fresh = search("war")
    monkeypatch.setattr(kept, "FRESH_SECONDS", 0)
    open_library.fault = fault

    body = search("war")

    status, reason = open_library_status(body)
    assert (status, body["results"]) == ("stale", fresh["results"])
    assert reason.endswith("This is what it said before.")
    assert body["sources"][0]["age_seconds"] >= 0


def test_where_too_many_ask_it_says_so_and_what_is_kept_is_shown(
    search: Search, open_library: OpenLibrary, monkeypatch: pytest.MonkeyPatch
) -> None:
    search("war and peace")
    full = BoundedSemaphore(1)
    full.acquire()
    monkeypatch.setattr(kept, "_outside", full)
    monkeypatch.setattr(kept, "PATIENCE_SECONDS", 0.01)

    status, reason = open_library_status(search("pippi"))

    assert (status, "too much at once" in reason) == ("rate_limited", True)
    assert open_library_status(search("war and peace")) == ("ok", None)
    assert open_library.asked.total() == 1


def test_failures_are_not_kept(search: Search, open_library: OpenLibrary) -> None:
    open_library.fault = "html500"
    assert open_library_status(search("war"))[0] == "unavailable"
    open_library.fault = ""

    assert open_library_status(search("war")) == ("ok", None)


def test_after_three_failures_it_is_left_alone_until_it_has_rested(search: Search, open_library: OpenLibrary) -> None:
    open_library.fault = "html500"
    reasons = [open_library_status(search(f"war {number}"))[1] for number in range(5)]

    assert sum(open_library.asked.values()) == turns.FAILURES
    assert reasons[3] == "Open Library answered 500. It is asked again in a while."
    open_library.fault = ""
    OutsideService.objects.update(resting_until=0)
    assert open_library_status(search("war 9")) == ("ok", None)
    assert OutsideService.objects.get().failures == 0


def test_after_a_rest_one_alone_tries(open_library: OpenLibrary) -> None:
    OutsideService.objects.create(name=turns.NAME, failures=turns.FAILURES)

    assert turns.take_turn(a_second=1_000, patience=1) == 0
    with pytest.raises(Resting):
        turns.take_turn(a_second=1_000, patience=1)


def test_turns_are_a_rate_apart_and_a_search_waits_a_second_at_most() -> None:
    waits = [turns.take_turn(a_second=3, patience=1) for _ in range(3)]

    assert waits == [pytest.approx(expected, abs=0.2) for expected in (0, 1 / 3, 2 / 3)]
    turns.take_turn(a_second=3, patience=1.1)
    with pytest.raises(TooFast):
        turns.take_turn(a_second=3, patience=1)


def test_a_clock_that_ran_ahead_does_not_stop_it_for_ever() -> None:
    later = time.time() + 10_000
    OutsideService.objects.create(name=turns.NAME, next_turn_at=later, resting_until=later)

    assert turns.take_turn(a_second=1, patience=1) == 0


def test_what_a_search_is_refused_says_nothing_of_their_health(search: Search, open_library: OpenLibrary) -> None:
    for number in range(5):
        search(f"978030640615{number}" if number == 7 else "9780306406157")
        cache.clear()

    assert OutsideService.objects.get().failures == 0
