"""Three web servers on one database: rate limits, sessions, and no stale responses."""

import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests

from tests.hosts.conftest import EMAIL, PASSWORD, Cluster
from tests.hosts.host import Host

pytestmark = [
    pytest.mark.xdist_group("hosts"),
    pytest.mark.slow,
    pytest.mark.parametrize("cluster", ["database"], indirect=True),
]

WRITES = 50


def guess(host: Host) -> int:
    body = {"email": "unknown@example.org", "password": "guess"}
    return host.request("POST", "/api/auth/login", json=body).status_code


def test_sign_in_limit_of_an_address_holds_for_all_hosts_together(cluster: Cluster) -> None:
    """The superuser's own sign-in was the first of 30 attempts."""
    cluster.query("DELETE FROM rate_counter")

    with ThreadPoolExecutor(48) as clients:
        statuses = Counter(clients.map(guess, cluster.hosts * 80))

    assert statuses == {401: 30, 429: 210}
    cluster.query("DELETE FROM rate_counter")


def test_no_host_sends_a_stale_response(cluster: Cluster) -> None:
    """Each write at one host is read at once at the others, with the ETag of their last response."""
    writer, *readers = cluster.hosts
    book = writer.request("POST", "/api/books", json={"title": "Odes 0"}, headers=cluster.headers).json()
    path, etags = f"/api/books/{book['id']}", dict.fromkeys([reader.name for reader in readers], "")
    titles = []
    for number in range(1, WRITES + 1):
        writer.request("PATCH", path, json={"title": f"Odes {number}"}, headers=cluster.headers).raise_for_status()
        for reader in readers:
            response = reader.request("GET", path, headers={"If-None-Match": etags[reader.name]})
            titles.append(response.json()["title"] if response.status_code == 200 else str(response.status_code))
            etags[reader.name] = response.headers["ETag"]

    assert titles == [f"Odes {number}" for number in range(1, WRITES + 1) for _ in readers]
    unchanged = [reader.request("GET", path, headers={"If-None-Match": etags[reader.name]}) for reader in readers]
    assert [response.status_code for response in unchanged] == [304, 304]


def test_sessions_tokens_and_cursors_of_one_host_work_on_all(cluster: Cluster) -> None:
    first, *others = cluster.hosts
    browser = requests.Session()
    page = browser.get(f"{first.address}/admin/login/", timeout=60)
    form = {"username": EMAIL, "password": PASSWORD, "csrfmiddlewaretoken": browser.cookies["csrftoken"]}
    assert page.status_code == 200
    signed_in = browser.post(f"{first.address}/admin/login/?next=/admin/", form, timeout=60)
    assert signed_in.url == f"{first.address}/admin/"
    cookies = {"sessionid": browser.cookies["sessionid"]}

    for host in others:
        assert host.request("GET", "/users/me", headers=cluster.headers).status_code == 200
        response = host.request("GET", "/admin/", cookies=cookies, allow_redirects=False)
        assert response.status_code == 200, host.name


def test_request_rate_at_open_library_holds_for_all_hosts_together(cluster: Cluster) -> None:
    """Three requests a second in all, and no host is blocked by the clock of another one."""
    cluster.open_library.request_times.clear()
    searches = [(host, number) for number in range(3) for host in cluster.hosts]

    def search(host: Host, number: int) -> str:
        response = host.request("GET", f"/search?q={host.name}+{number}+{time.monotonic_ns()}")
        return str(response.json()["sources"][0]["status"])

    with ThreadPoolExecutor(3) as clients:
        statuses = list(clients.map(lambda arguments: search(*arguments), searches))

    times = sorted(cluster.open_library.request_times)
    assert statuses == ["ok"] * len(searches)
    assert len(times) == len(searches)
    # Each request is reserved a third of a second after the last one; the network may delay one a little.
    assert times[-1] - times[0] > (len(times) - 1) / 3 - 0.3
