"""Simultaneous requests about imports, with the real server and its worker."""

import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import requests

from tests.support.service_process import ServiceProcess
from tests.users.imports.api.conftest import TABLE
from users.imports.jobs.lifecycle import MAX_UNFINISHED

pytestmark = pytest.mark.xdist_group("hostile bodies")
Request = Callable[..., requests.Response]


@pytest.fixture
def request_import(target_server: ServiceProcess, superuser_headers: dict[str, str]) -> Request:
    """Sends a request to a path below /api/imports."""

    def run(method: str, path: str = "", **options: Any) -> requests.Response:
        address = f"{target_server.address}api/imports{path}"
        return requests.request(method, address, headers=superuser_headers, timeout=60, **options)

    return run


@pytest.fixture(autouse=True)
def no_unfinished_imports(request_import: Request) -> Iterator[None]:
    """Before the test and after it, because an account may have only a few and other tests use the server."""
    cancel_all(request_import)
    yield
    cancel_all(request_import)


def cancel_all(request_import: Request) -> None:
    for job in request_import("GET", "?limit=100").json()["results"]:
        request_import("POST", f"/{job['id']}/cancel")


def upload(request_import: Request) -> requests.Response:
    return request_import("POST", files={"file": ("export.csv", TABLE)})


def wait_for(request_import: Request, pk: int, state: str) -> dict[str, Any]:
    """The import as soon as it has the state. Fails after a minute."""
    end = time.monotonic() + 60
    while (job := request_import("GET", f"/{pk}").json())["state"] != state:
        assert time.monotonic() < end, job
        time.sleep(0.05)
    return dict(job)


@pytest.mark.parametrize("number_of_jobs", [1, 2])
def test_simultaneous_commits_start_one_import(request_import: Request, number_of_jobs: int) -> None:
    jobs = [upload(request_import).json()["id"] for _ in range(number_of_jobs)]
    for pk in jobs:
        wait_for(request_import, pk, "ready")

    def commit(number: int) -> tuple[int, int]:
        pk = jobs[number % number_of_jobs]
        return pk, request_import("POST", f"/{pk}/commit").status_code

    with ThreadPoolExecutor(6) as threads:
        statuses = list(threads.map(commit, range(6)))

    # The second import can start when the first has finished.
    started = [pk for pk, status in statuses if status == 202]
    assert started
    assert max(Counter(started).values()) == 1
    assert {status for _, status in statuses} <= {202, 409}
    for pk in started:
        outcomes = wait_for(request_import, pk, "finished")["outcomes"]
        assert sum(outcomes.values()) == 3


def test_simultaneous_uploads_do_not_exceed_the_limit(request_import: Request) -> None:
    with ThreadPoolExecutor(6) as threads:
        statuses = list(threads.map(lambda _: upload(request_import).status_code, range(MAX_UNFINISHED + 4)))

    assert Counter(statuses) == {201: MAX_UNFINISHED, 409: 4}
