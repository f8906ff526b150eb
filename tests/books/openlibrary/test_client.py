"""Asking over HTTP: every way in which no answer comes is a typed error that says whether asking again can help."""

import ssl
import subprocess
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from books.openlibrary import client
from books.openlibrary.client import Client
from books.openlibrary.errors import Busy, NotThere, OpenLibraryError, Refused, TooFast, Unreachable
from core.http_client import is_public_address
from tests.fakes.openlibrary.app import OpenLibrary
from tests.fakes.shop.server import make, serving
from tests.support.running import free_port

WORK = "/works/OL10W.json"
AT_ONCE = 12


@pytest.fixture
def service() -> OpenLibrary:
    return OpenLibrary()


@pytest.fixture
def address(service: OpenLibrary) -> Iterator[str]:
    with serving(service) as url:
        yield url


def failure(address: str, path: str = WORK) -> OpenLibraryError:
    with pytest.raises(OpenLibraryError) as caught:
        Client(address, "tests@example.org", private_addresses=True, at_once=AT_ONCE).get(path)
    return caught.value


def test_an_isbn_is_redirected_to_its_edition(address: str) -> None:
    assert (
        Client(address, "tests@example.org", private_addresses=True, at_once=AT_ONCE).get("/isbn/9780140447934.json")[
            "key"
        ]
        == "/books/OL20M"
    )


@pytest.mark.parametrize(
    ("fault", "kind", "can_retry"),
    [
        ("html", Unreachable, True),
        ("html500", Unreachable, True),
        ("truncated", Unreachable, True),
        ("ratelimit", TooFast, True),
        ("refuse", Refused, False),
    ],
)
def test_replies_that_are_no_answer(
    service: OpenLibrary, address: str, fault: str, kind: type[OpenLibraryError], can_retry: bool
) -> None:
    service.fault = fault

    error = failure(address)

    assert (type(error), error.can_retry) == (kind, can_retry)
    assert service.asked.total() == 1  # nobody tries again while a person waits


def test_a_record_that_is_not_there(address: str) -> None:
    assert type(failure(address, "/works/OL404W.json")) is NotThere


def test_a_refused_connection() -> None:
    error = failure(f"http://127.0.0.1:{free_port()}/")

    assert (error.detail, error.can_retry) == ("cannot be reached (Connection refused)", True)


def test_a_hang_is_ended(service: OpenLibrary, address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client, "TOTAL_SECONDS", 0.2)
    service.fault = "hang"

    assert failure(address).detail == "did not answer in time"


@pytest.fixture
def self_signed(service: OpenLibrary, tmp_path: Path) -> Iterator[str]:
    """A service whose certificate nobody vouches for."""
    files = ["-keyout", str(tmp_path / "key.pem"), "-out", str(tmp_path / "cert.pem")]
    made = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj", "/CN=localhost", *files]
    subprocess.run(made, check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / "cert.pem", tmp_path / "key.pem")
    with make(service) as server:
        server.socket = context.wrap_socket(server.socket, server_side=True)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        yield f"https://127.0.0.1:{server.server_port}/"
        server.shutdown()
        thread.join()


def test_tls_that_cannot_be_trusted(self_signed: str) -> None:
    error = failure(self_signed)

    assert error.detail.startswith("cannot be reached over TLS")
    assert not error.can_retry


@pytest.mark.parametrize(
    "location", ["http://169.254.169.254/latest", "https://openlibrary.example/x", "//other.example/x"]
)
def test_another_host_is_not_asked_whatever_a_redirect_says(
    service: OpenLibrary, address: str, monkeypatch: pytest.MonkeyPatch, location: str
) -> None:
    monkeypatch.setattr(service, "_answer", lambda *_: ("302 Found", [("Location", location)], b""))

    assert failure(address).detail == "redirects to another host, which is not asked"


def test_redirects_have_an_end(service: OpenLibrary, address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(service, "_answer", lambda *_: ("302 Found", [("Location", WORK)], b""))

    assert failure(address).detail.startswith("redirects more than")


def test_a_reply_has_a_size(service: OpenLibrary, address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client, "MAX_BYTES", 100)

    assert "is larger than" in failure(address).detail


def test_json_that_is_nested_too_deeply_is_no_answer(
    service: OpenLibrary, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, "_answer", lambda *_: ("200 OK", [], b"[" * 200_000))

    assert type(failure(address)) is Unreachable


def test_a_service_that_hangs_keeps_no_more_than_its_share_of_threads(service: OpenLibrary, address: str) -> None:
    service.pause = 5
    asking = Client(address, "tests@example.org", private_addresses=True, at_once=AT_ONCE)

    def ask(_: int) -> Any:
        try:
            return asking.get(WORK)["key"]
        except Busy:
            return "busy"

    with ThreadPoolExecutor(AT_ONCE + 6) as threads:
        asked = [threads.submit(ask, number) for number in range(AT_ONCE + 6)]
        deadline = time.monotonic() + 20
        while sum(each.done() for each in asked) < 6 and time.monotonic() < deadline:
            time.sleep(0.01)
        service.closing.set()
        results = [each.result() for each in asked]

    assert results.count("busy") == 6
    assert service.asked.total() == AT_ONCE


def test_a_private_address_is_asked_only_where_the_operator_says_so(address: str, service: OpenLibrary) -> None:
    with pytest.raises(Refused, match=r"127\.0\.0\.1.*PRIVATE_ADDRESSES=true"):
        Client(address, "tests@example.org", private_addresses=False, at_once=AT_ONCE).get(WORK)

    assert service.asked.total() == 0


@pytest.mark.parametrize(
    ("ip", "expected"),
    [
        ("93.184.215.14", True), ("2606:4700::1111", True), ("10.1.2.3", False), ("192.168.0.1", False),
        ("169.254.169.254", False), ("0.0.0.0", False), ("100.64.0.1", False), ("224.0.0.1", False), ("::1", False),
        ("fe80::1%eth0", False), ("fd00::1", False), ("::ffff:10.0.0.1", False), ("::ffff:93.184.215.14", True),
        ("64:ff9b::a9fe:a9fe", False), ("64:ff9b::7f00:1", False), ("64:ff9b::5db8:d70e", True),
        ("2002:7f00:1::", False),
        ("2001:0:7f00:1::", False), ("fec0::1", False), ("::127.0.0.1", False), ("192.0.0.8", False),
        ("ff02::1", False),
        ("240.0.0.1", False), ("2001:db8::1", False), ("255.255.255.255", False),
    ],
)  # fmt: skip
def test_what_is_public(ip: str, expected: bool) -> None:
    assert is_public_address(ip) is expected
