"""Two members and a signed-out reader change one shared library at the same time."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from uuid import uuid4

import pytest
import requests
from bs4 import BeautifulSoup

from tests.support.service_process import ServiceProcess
from tests.web.browser.visitors import PASSWORD
from tests.web.pages import BROWSER, text_of, texts_of

pytestmark = [pytest.mark.xdist_group("browser"), pytest.mark.slow]
SHARED = {"shared": "true", "query": "shared=true"}
CHANGES = {"reading": "Reading", "read": "Read", "stopped": "Stopped"}


class Reader:
    """A browser session without scripts."""

    def __init__(self, address: str, *, is_member: bool) -> None:
        self.address = address
        self.session = requests.Session()
        self.session.headers.update(BROWSER)
        if is_member:
            fields = {"name": "Ann", "email": f"{uuid4().hex}@example.org", "password": PASSWORD}
            assert self.post("register", fields, page=self.get("register")).status_code == 302

    def get(self, path: str) -> BeautifulSoup:
        return BeautifulSoup(self.session.get(self.address + path, timeout=30).content, "lxml")

    def post(self, path: str, fields: dict[str, str], *, page: BeautifulSoup) -> requests.Response:
        """Sends the form with the token of the page that contains it."""
        token = str(page.select("main input[name=csrfmiddlewaretoken]")[0]["value"])
        data = {**fields, "csrfmiddlewaretoken": token}
        return self.session.post(self.address + path, data, timeout=30, allow_redirects=False)


@pytest.fixture
def readers(service: ServiceProcess) -> list[Reader]:
    return [Reader(service.address, is_member=is_member) for is_member in (True, True, False)]


def read_entry(page: BeautifulSoup) -> str:
    """The id and version of the only entry."""
    (box,) = page.select("main input[name=entry]")
    return str(box["value"])


def at_once(changes: list[Callable[[], requests.Response]]) -> list[requests.Response]:
    barrier = Barrier(len(changes))

    def send(change: Callable[[], requests.Response]) -> requests.Response:
        barrier.wait(30)
        return change()

    with ThreadPoolExecutor(len(changes)) as threads:
        return list(threads.map(send, changes))


def test_one_of_simultaneous_changes_wins_and_the_others_see_both_versions(
    service: ServiceProcess, readers: list[Reader]
) -> None:
    saved = requests.post(f"{service.address}api/library", json={"book": 5}, timeout=30)
    assert saved.status_code == 201
    pages = [reader.get("library?shared=true") for reader in readers]
    assert len({read_entry(page) for page in pages}) == 1

    def change(reader: Reader, page: BeautifulSoup, action: str) -> Callable[[], requests.Response]:
        fields = {**SHARED, "entry": read_entry(page), "action": action}
        return lambda: reader.post("library/change", fields, page=page)

    responses = at_once([change(*each) for each in zip(readers, pages, CHANGES, strict=True)])

    assert sorted(response.status_code for response in responses) == [302, 412, 412]
    (winner,) = (label for label, answer in zip(CHANGES.values(), responses, strict=True) if answer.status_code == 302)
    for reader, action, response in zip(readers, CHANGES, responses, strict=True):
        if response.status_code == 412:
            conflict = BeautifulSoup(response.content, "lxml")
            assert text_of(conflict, "h1") == "Changed in the meantime"
            assert texts_of(conflict, "main tbody td") == [winner, CHANGES[action]]
            loser, loser_action = (reader, conflict), action
    assert f"{winner} 1" in texts_of(readers[0].get("library?shared=true"), "nav[aria-label=Statuses] a")

    again = change(*loser, loser_action)()

    assert again.status_code == 302
    assert f"{CHANGES[loser_action]} 1" in texts_of(readers[0].get("library?shared=true"), "nav[aria-label=Statuses] a")


def test_one_of_simultaneous_changes_of_a_book_wins_and_the_others_see_both_versions(
    service: ServiceProcess, readers: list[Reader]
) -> None:
    assert requests.post(f"{service.address}api/library", json={"book": 6}, timeout=30).status_code == 201
    pages = [reader.get("book/6?shared=true") for reader in readers]

    def change(reader: Reader, page: BeautifulSoup, status: str) -> Callable[[], requests.Response]:
        seen = {str(each["name"]): str(each.get("value", "")) for each in page.select("#entry input[type=hidden]")}
        return lambda: reader.post("book/6/library?shared=true", {**seen, "status": status}, page=page)

    responses = at_once([change(*each) for each in zip(readers, pages, CHANGES, strict=True)])

    assert sorted(response.status_code for response in responses) == [302, 412, 412]
    (winner,) = (label for label, answer in zip(CHANGES.values(), responses, strict=True) if answer.status_code == 302)
    for action, response in zip(CHANGES, responses, strict=True):
        if response.status_code == 412:
            conflict = BeautifulSoup(response.content, "lxml")
            assert texts_of(conflict, ".notice b") == [winner, CHANGES[action]]
    assert texts_of(readers[0].get("book/6?shared=true"), "#entry .segments [aria-pressed=true]") == [winner]
