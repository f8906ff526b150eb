"""The federated search while Open Library fails, hangs or limits the rate."""

from collections.abc import Callable

import pytest
from django.core.cache import caches
from pytest_django.fixtures import Settings

from books.models import ExternalService
from books.openlibrary import cache, circuit_breaker, client, service
from tests.fakes.openlibrary.app import OpenLibrary
from tests.support.factories import make_book
from tests.support.responses import open_library_status
from tests.support.service_process import free_port
from tests.users.conftest import Search

pytestmark = pytest.mark.django_db

FAULTS = {
    "down": ("unavailable", "cannot be reached (Connection refused)"),
    "html": ("unavailable", "not valid JSON"),
    "html500": ("unavailable", "responded with status 500"),
    "truncated": ("unavailable", "not valid JSON"),
    "list": ("unavailable", "unexpected shape"),
    "hang": ("unavailable", "did not respond in time"),
    "ratelimit": ("rate_limited", "receives too many requests"),
    "refuse": ("unavailable", "set CONTACT"),
}


@pytest.fixture
def start_fault(
    open_library: OpenLibrary, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> Callable[[str], None]:
    """Starts a fault of Open Library. The time limit is short only if no response arrives within it anyway."""

    def start(fault: str) -> None:
        open_library.fault = fault
        if fault == "hang":
            monkeypatch.setattr(client, "TOTAL_SECONDS", 0.3)
        if fault == "down":
            settings.OPENLIBRARY_URL = f"http://127.0.0.1:{free_port()}/"

    return start


@pytest.mark.parametrize("fault", FAULTS)
def test_without_open_library_the_catalogue_is_searched(
    search: Search, start_fault: Callable[[str], None], fault: str
) -> None:
    book = make_book(title="A War of our own")
    start_fault(fault)

    body = search("war")

    status, reason = open_library_status(body)
    assert status == FAULTS[fault][0]
    assert FAULTS[fault][1] in reason
    assert body["sources"][0]["age_seconds"] is None
    assert ([row["book"] for row in body["results"]], body["count"]) == ([book.pk], 1)


@pytest.mark.parametrize("fault", [fault for fault in FAULTS if fault != "down"])
def test_a_stale_response_is_better_than_none(
    search: Search, start_fault: Callable[[str], None], monkeypatch: pytest.MonkeyPatch, fault: str
) -> None:
    fresh = search("war")
    monkeypatch.setattr(cache, "FRESH_SECONDS", 0)
    start_fault(fault)

    body = search("war")

    status, reason = open_library_status(body)
    assert (status, body["results"]) == ("stale", fresh["results"])
    assert FAULTS[fault][1] in reason
    assert reason.endswith("These results are from an earlier response.")
    assert body["sources"][0]["age_seconds"] >= 0


def test_too_many_requests_in_flight(search: Search, open_library: OpenLibrary, settings: Settings) -> None:
    settings.OPENLIBRARY_MAX_WAITING = 1
    search("war and peace")
    with service._get_client().waiting_slot():
        status, reason = open_library_status(search("pippi"))
        cached_status = open_library_status(search("war and peace"))

    assert (status, "too many requests at once" in reason) == ("rate_limited", True)
    assert cached_status == ("ok", None)
    assert open_library.requests.total() == 1


def test_failures_are_not_cached(search: Search, open_library: OpenLibrary) -> None:
    open_library.fault = "html500"
    assert open_library_status(search("war"))[0] == "unavailable"
    open_library.fault = ""

    assert open_library_status(search("war")) == ("ok", None)


def test_the_circuit_opens_after_three_failures(search: Search, open_library: OpenLibrary) -> None:
    open_library.fault = "html500"
    reasons = [open_library_status(search(f"war {number}"))[1] for number in range(5)]

    assert open_library.requests.total() == circuit_breaker.MAX_FAILURES == 3
    assert reasons[3] == ("Open Library responded with status 500; no further request is sent for up to 30 seconds.")
    open_library.fault = ""
    ExternalService.objects.update(open_until=0)
    assert open_library_status(search("war 9")) == ("ok", None)
    assert ExternalService.objects.get().failures == 0


def test_unknown_isbns_are_no_failures(search: Search, open_library: OpenLibrary) -> None:
    searches = circuit_breaker.MAX_FAILURES + 1
    for _ in range(searches):
        assert open_library_status(search("9780306406157")) == ("ok", None)
        caches["default"].clear()
        caches["near"].clear()

    assert ExternalService.objects.get().failures == 0
    assert open_library.requests["/isbn/9780306406157.json"] == searches
