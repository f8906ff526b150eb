"""HTTP requests to Open Library: every failure is a typed error that states whether a retry can help."""

import ssl
import subprocess
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from itertools import islice
from pathlib import Path
from typing import Any

import pytest

from books.openlibrary import client as client_module
from books.openlibrary import errors
from books.openlibrary.client import Client
from tests.fakes.openlibrary.app import OpenLibrary, Response
from tests.fakes.shop.server import create_server, serving
from tests.support.service_process import free_port

WORK = "/works/OL10W.json"
MAX_WAITING = 12


@pytest.fixture
def service() -> OpenLibrary:
    return OpenLibrary()


@pytest.fixture
def address(service: OpenLibrary) -> Iterator[str]:
    with serving(service) as url:
        yield url


def make_client(address: str, *, private_addresses: bool = True) -> Client:
    return Client(address, "tests@example.org", private_addresses=private_addresses, max_waiting=MAX_WAITING)


def request_error(address: str, path: str = WORK) -> errors.OpenLibraryError:
    """Sends a request that must fail, and returns the error."""
    with pytest.raises(errors.OpenLibraryError) as caught:
        make_client(address).get(path)
    return caught.value


def respond_always(service: OpenLibrary, monkeypatch: pytest.MonkeyPatch, response: Response) -> None:
    monkeypatch.setattr(service, "_respond", lambda *_: response)


def test_redirects_are_followed(address: str) -> None:
    assert make_client(address).get("/isbn/9780140447934.json")["key"] == "/books/OL20M"


@pytest.mark.parametrize(
    ("fault", "error_type", "can_retry"),
    [
        ("html", errors.Unreachable, True),
        ("html500", errors.Unreachable, True),
        ("truncated", errors.Unreachable, True),
        ("ratelimit", errors.RateLimited, True),
        ("refuse", errors.AccessRefused, False),
    ],
)
def test_unusable_responses(
    service: OpenLibrary, address: str, fault: str, error_type: type[errors.OpenLibraryError], can_retry: bool
) -> None:
    service.fault = fault

    error = request_error(address)

    assert (type(error), error.can_retry) == (error_type, can_retry)
    assert service.requests.total() == 1  # a web request waits, so nothing is retried


def test_missing_records(address: str) -> None:
    error = request_error(address, "/works/OL404W.json")

    assert (type(error), error.detail, error.can_retry) == (errors.NotFound, "has no such record", False)


def test_rejected_requests(service: OpenLibrary, address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    respond_always(service, monkeypatch, ("422 Unprocessable Content", [], b""))

    error = request_error(address)

    assert (type(error), error.detail) == (errors.RequestRejected, "rejects the request (status 422)")


def test_refused_connections() -> None:
    error = request_error(f"http://127.0.0.1:{free_port()}/")

    assert type(error) is errors.Unreachable
    assert (error.detail, error.can_retry) == ("cannot be reached (Connection refused)", True)


def test_requests_that_take_too_long(service: OpenLibrary, address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client_module, "TOTAL_SECONDS", 0.2)
    service.fault = "hang"

    error = request_error(address)

    assert (type(error), error.detail, error.can_retry) == (errors.Unreachable, "did not respond in time", True)


@pytest.fixture
def self_signed_address(service: OpenLibrary, tmp_path: Path) -> Iterator[str]:
    """A service with a certificate that no authority has signed."""
    key, certificate = tmp_path / "key.pem", tmp_path / "cert.pem"
    command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "1", "-subj", "/CN=localhost",
               "-keyout", str(key), "-out", str(certificate)]  # fmt: skip
    subprocess.run(command, check=True, capture_output=True)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    with create_server(service) as server:
        server.socket = context.wrap_socket(server.socket, server_side=True)
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        yield f"https://127.0.0.1:{server.server_port}/"
        server.shutdown()
        thread.join()


def test_untrusted_certificates(self_signed_address: str) -> None:
    error = request_error(self_signed_address)

    assert error.detail.startswith("cannot be reached over TLS")
    assert not error.can_retry


@pytest.mark.parametrize(
    "location", ["http://169.254.169.254/latest", "https://openlibrary.example/x", "//other.example/x"]
)
def test_redirects_to_other_hosts_are_refused(
    service: OpenLibrary, address: str, monkeypatch: pytest.MonkeyPatch, location: str
) -> None:
    respond_always(service, monkeypatch, ("302 Found", [("Location", location)], b""))

    error = request_error(address)

    assert (type(error), error.detail) == (errors.AccessRefused, "redirects to another host, which is not allowed")
    assert service.requests.total() == 1


def test_redirects_are_limited(service: OpenLibrary, address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    respond_always(service, monkeypatch, ("302 Found", [("Location", WORK)], b""))

    error = request_error(address)

    assert (type(error), error.detail) == (errors.AccessRefused, "redirects more than 3 times")
    assert service.requests.total() == 4


def test_response_size_is_limited(service: OpenLibrary, address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client_module, "MAX_BYTES", 100)

    error = request_error(address)

    assert (type(error), error.can_retry) == (errors.RequestRejected, False)
    assert error.detail.startswith("sent a response that is larger than")


def test_deeply_nested_json_is_rejected(service: OpenLibrary, address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    respond_always(service, monkeypatch, ("200 OK", [], b"[" * 200_000))

    error = request_error(address)

    assert (type(error), error.detail) == (errors.Unreachable, "sent a response that is not valid JSON")


def test_waiting_threads_are_limited(service: OpenLibrary, address: str) -> None:
    """The rejected requests return while the others wait for a service that does not respond."""
    service.fault = "hang"
    client = make_client(address)

    def request(_: int) -> Any:
        try:
            with client.waiting_slot():
                return client.get(WORK)["key"]
        except errors.TooManyRequestsInFlight:
            return "rejected"
        except errors.Unreachable:
            return "unreachable"

    with ThreadPoolExecutor(MAX_WAITING + 6) as threads:
        requests = [threads.submit(request, number) for number in range(MAX_WAITING + 6)]
        first_results = [each.result() for each in islice(as_completed(requests), 6)]
        service.closing.set()
        results = [each.result() for each in requests]

    assert first_results == ["rejected"] * 6
    assert results.count("rejected") == 6
    assert results.count("/works/OL10W") == MAX_WAITING
    assert service.requests.total() == MAX_WAITING


def test_private_addresses_are_refused_by_default(
    service: OpenLibrary, address: str, caplog: pytest.LogCaptureFixture
) -> None:
    with pytest.raises(errors.AccessRefused, match="only the operator of Colophon can permit it"):
        make_client(address, private_addresses=False).get(WORK)

    assert "is at the private address 127.0.0.1; PRIVATE_ADDRESSES=true allows that" in caplog.text
    assert service.requests.total() == 0
