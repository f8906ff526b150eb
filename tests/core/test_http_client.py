"""The SSRF guard and the messages of failed requests. The tests of the fetcher and of Open Library test the rest."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import closing, suppress
from http.client import RemoteDisconnected
from typing import Any

import pytest

from core import http_connections
from core.http_client import HttpClient, is_timeout, os_error_text, read_body
from core.http_connections import is_public_address
from core.http_errors import PrivateAddressError, RequestFailed

EARLY_HINTS = b"HTTP/1.1 103 Early Hints\r\nLink: </style.css>; rel=preload\r\n\r\n"


@pytest.mark.parametrize(
    "address",
    [
        "93.184.215.14", "2606:4700::1111",
        "::ffff:93.184.215.14",  # an IPv4 address in IPv6
        "64:ff9b::5db8:d70e",  # an IPv4 address through NAT64
    ],
)  # fmt: skip
def test_public_addresses(address: str) -> None:
    assert is_public_address(address)


@pytest.mark.parametrize(
    "address",
    [
        "10.1.2.3", "192.168.0.1", "127.0.0.1", "169.254.169.254", "0.0.0.0", "100.64.0.1", "192.0.0.8", "224.0.0.1",
        "240.0.0.1", "255.255.255.255", "::1", "::", "fe80::1%eth0", "fd00::1", "fec0::1", "ff02::1", "2001:db8::1",
        "::ffff:10.0.0.1", "::127.0.0.1",  # IPv4 addresses in IPv6
        "64:ff9b::a9fe:a9fe", "64:ff9b::7f00:1",  # through NAT64
        "2002:7f00:1::", "2001:0:7f00:1::",  # through 6to4 and Teredo
    ],
)  # fmt: skip
def test_other_addresses_are_not_public(address: str) -> None:
    assert not is_public_address(address)


def wrap(inner: BaseException) -> BaseException:
    """The error inside two others, as requests and urllib3 raise it."""
    outer = RuntimeError("outer")
    outer.__context__ = ValueError("middle")
    outer.__context__.__cause__ = inner
    return outer


@pytest.mark.parametrize(
    ("error", "text"),
    [
        (ConnectionRefusedError(111, "Connection refused"), "Connection refused"),
        (RemoteDisconnected("Remote end closed connection without response"), "it closed the connection"),
        (KeyError("other"), "RuntimeError"),
    ],
)
def test_the_innermost_error_is_described(error: BaseException, text: str) -> None:
    assert os_error_text(wrap(error)) == text


@pytest.mark.parametrize("error", [TimeoutError("late"), wrap(TimeoutError("late"))])
def test_timeouts_are_recognised_inside_other_errors(error: BaseException) -> None:
    assert is_timeout(error)
    assert not is_timeout(wrap(ConnectionResetError(104, "Connection reset by peer")))


@pytest.fixture
def hinting_server() -> Iterator[str]:
    """A server that sends several interim responses before each response, on one connection. The body is the path."""

    def respond(server: socket.socket) -> None:
        with suppress(OSError), server.accept()[0] as connection, connection.makefile("rb") as received:
            while line := received.readline():
                if line.startswith(b"GET "):
                    path = line.split()[1]
                elif line == b"\r\n":
                    connection.sendall(b"HTTP/1.1 100 Continue\r\n\r\n" + EARLY_HINTS * 2)
                    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(path), path))

    with socket.create_server(("127.0.0.1", 0)) as server:
        threading.Thread(target=respond, args=[server], daemon=True).start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}"


@pytest.fixture
def endless_redirect() -> Iterator[str]:
    """A server that sends a redirect whose body does not end."""

    def respond(server: socket.socket) -> None:
        with suppress(OSError), server.accept()[0] as connection:
            connection.recv(1000)
            connection.sendall(b"HTTP/1.1 302 Found\r\nLocation: /other\r\n\r\n")
            while True:
                connection.sendall(b"x" * 1000)

    with socket.create_server(("127.0.0.1", 0)) as server:
        threading.Thread(target=respond, args=[server], daemon=True).start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}"


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "[::1]", "169.254.169.254"])
def test_a_private_address_is_not_connected_to(host: str) -> None:
    """The error is the same for open and closed ports."""
    client = HttpClient(contact="", connections=1, timeout=(5, 5), header_seconds=5, allow_private_addresses=False)

    with socket.create_server(("127.0.0.1", 0)) as server, closing(client):
        server.settimeout(0)
        for port in (server.getsockname()[1], 9):
            with pytest.raises(PrivateAddressError, match="is at the private address"):
                client.get(f"http://{host}:{port}/")
        with pytest.raises(BlockingIOError):
            server.accept()


def name_addresses(monkeypatch: pytest.MonkeyPatch, addresses: list[str]) -> None:
    """The host shop.test has these addresses, of which 10.0.0.1 is private."""
    resolve = socket.getaddrinfo

    def resolve_name(host: str, *args: Any, **options: Any) -> list[Any]:
        found = addresses if host == "shop.test" else [host]
        return [entry for address in found for entry in resolve(address, *args, **options)]

    monkeypatch.setattr(socket, "getaddrinfo", resolve_name)
    monkeypatch.setattr(http_connections, "is_public_address", lambda address: address != "10.0.0.1")


def test_the_next_address_of_a_name_is_tried(hinting_server: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The first one is private, and nothing listens at the second one."""
    name_addresses(monkeypatch, ["10.0.0.1", "127.0.0.2", "127.0.0.1"])
    client = HttpClient(contact="", connections=1, timeout=(5, 5), header_seconds=5, allow_private_addresses=False)

    with closing(client):
        response = client.get(f"{hinting_server.replace('127.0.0.1', 'shop.test')}/path")
    assert response.status_code == 200


def test_the_number_of_tried_addresses_is_limited(hinting_server: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each can take the time of a connection, and whoever owns a name can give it any number."""
    closed = [f"127.0.0.{number}" for number in range(2, 2 + http_connections.MAX_ADDRESSES)]
    name_addresses(monkeypatch, [*closed, "127.0.0.1"])
    client = HttpClient(contact="", connections=1, timeout=(5, 5), header_seconds=5, allow_private_addresses=False)

    with closing(client), pytest.raises(RequestFailed):
        client.get(f"{hinting_server.replace('127.0.0.1', 'shop.test')}/path")


def test_an_unknown_name_is_stated() -> None:
    client = HttpClient(contact="", connections=1, timeout=(5, 5), header_seconds=5, allow_private_addresses=False)

    with closing(client), pytest.raises(RequestFailed, match="cannot be reached"):
        client.get("http://shop.invalid/")


def test_body_of_a_redirect_is_not_read(endless_redirect: str) -> None:
    client = HttpClient(contact="", connections=1, timeout=(5, 5), header_seconds=5, allow_private_addresses=True)

    with closing(client), client.get(endless_redirect) as response:
        assert (response.is_redirect, response.headers["Location"]) == (True, "/other")


def test_interim_responses_are_skipped(hinting_server: str) -> None:
    client = HttpClient(contact="", connections=1, timeout=(5, 5), header_seconds=5, allow_private_addresses=True)

    with closing(client):
        for path in ("/one", "/two", "/three"):
            with client.get(hinting_server + path) as response:
                body = read_body(response, max_bytes=100, deadline=time.monotonic() + 5)
            assert (response.status_code, body) == (200, path.encode())
