"""The memory of an outage: how a server is checked, and how often."""

import socket
import threading
from collections.abc import Iterator
from contextlib import suppress

import pytest

from core.db.postgresql import availability
from core.db.postgresql.availability import Availability, Server, ServerUnavailable

AUTHENTICATION_REQUEST = b"R\0\0\0\x08\0\0\0\x05"
TOO_MANY_CLIENTS = b"E\0\0\0\x20SFATAL\0C53300\0Msorry\0\0"
STARTING_UP = b"E\0\0\0\x20SFATAL\0C57P03\0Mstarting up\0\0"


class FakeServer:
    """Sends `reply` to each connection; keeps silent without one."""

    def __init__(self) -> None:
        self.reply: bytes | None = AUTHENTICATION_REQUEST
        self.received: list[bytes] = []
        self.open: list[socket.socket] = []
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.address = Server("127.0.0.1", str(self.listener.getsockname()[1]), "reader", "colophon")

    def run(self) -> None:
        with suppress(OSError):
            while True:
                connection = self.listener.accept()[0]
                self.open.append(connection)
                self.received.append(connection.recv(1024))
                if self.reply is not None:
                    connection.sendall(self.reply)
                    connection.close()


@pytest.fixture
def server() -> Iterator[FakeServer]:
    fake = FakeServer()
    thread = threading.Thread(target=fake.run)
    thread.start()
    yield fake
    fake.listener.shutdown(socket.SHUT_RDWR)
    thread.join()
    for each in [fake.listener, *fake.open]:
        each.close()


@pytest.fixture(autouse=True)
def times(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(availability, "ANSWER_SECONDS", 30)
    monkeypatch.setattr(availability, "CHECK_SECONDS", 0)


@pytest.mark.parametrize(
    ("reply", "expected"),
    [(AUTHENTICATION_REQUEST, True), (TOO_MANY_CLIENTS, True), (STARTING_UP, False), (b"", False)],
)
def test_a_server_that_replies_is_available(server: FakeServer, reply: bytes, expected: bool) -> None:
    server.reply = reply

    assert server.address.accepts_connections() is expected
    assert b"user\0reader\0database\0colophon\0" in server.received[0]


def test_a_server_without_a_reply_is_unavailable(server: FakeServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(availability, "ANSWER_SECONDS", 0.2)
    server.reply = None

    assert not server.address.accepts_connections()


def test_a_closed_port_and_an_unknown_host_are_unavailable(server: FakeServer) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        assert not Server("127.0.0.1", str(unused.getsockname()[1]), "", "").accepts_connections()
    assert not Server("host.invalid", "5432", "", "").accepts_connections()
    assert not Server("/nonexistent", "5432", "", "").accepts_connections()


def test_servers_that_cannot_be_checked_count_as_available() -> None:
    assert Server("", "5432", "", "").accepts_connections()
    assert Server("first.invalid,second.invalid", "5432", "", "").accepts_connections()


def test_an_outage_lasts_until_a_check_succeeds(server: FakeServer) -> None:
    state = Availability(server.address)
    state.require()
    server.reply = STARTING_UP
    assert state.has_failed()
    with pytest.raises(ServerUnavailable):
        state.require()
    server.reply = AUTHENTICATION_REQUEST
    state.require()
    assert not state.has_failed()


def test_an_outage_is_not_checked_again_within_a_second(server: FakeServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(availability, "CHECK_SECONDS", 3600)
    state = Availability(server.address)
    server.reply = STARTING_UP
    for _ in range(3):
        assert state.has_failed()
        with pytest.raises(ServerUnavailable):
            state.require()
    assert len(server.received) == 1


def test_an_error_after_a_successful_check_is_checked_at_once(
    server: FakeServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(availability, "CHECK_SECONDS", 3600)
    state = Availability(server.address)
    assert not state.has_failed()
    server.reply = STARTING_UP
    assert state.has_failed()
    assert len(server.received) == 2


def test_callers_do_not_wait_for_the_check_of_another(server: FakeServer) -> None:
    state = Availability(server.address)
    server.reply = STARTING_UP
    assert state.has_failed()
    with state._lock, pytest.raises(ServerUnavailable):
        state.require()
    assert len(server.received) == 1
