"""Connections to a PostgreSQL server that stops responding while they stay open."""

from collections.abc import Callable, Iterator

import psycopg
import pytest
from django.conf import settings

from core.db.postgresql import availability, connection
from core.db.postgresql.connection import WatchedConnection
from tests.support.tcp_proxy import TcpProxy, run_tcp_proxy

SERVER = settings.DATABASES["default"]
pytestmark = pytest.mark.skipif(not SERVER["ENGINE"].endswith("postgresql"), reason="needs PostgreSQL")


@pytest.fixture
def proxy() -> Iterator[TcpProxy]:
    with run_tcp_proxy(int(SERVER["PORT"] or 5432)) as running:
        yield running


@pytest.fixture
def watched(proxy: TcpProxy, monkeypatch: pytest.MonkeyPatch) -> Iterator[WatchedConnection]:
    monkeypatch.setattr(connection, "SILENT_SECONDS", 0.1)
    monkeypatch.setattr(availability, "ANSWER_SECONDS", 30)
    monkeypatch.setattr(availability, "CHECK_SECONDS", 0)
    login = {"user": SERVER["USER"], "password": SERVER["PASSWORD"]}
    with WatchedConnection.connect(host="127.0.0.1", port=proxy.port, dbname="postgres", **login) as opened:
        yield opened


@pytest.fixture
def freeze(proxy: TcpProxy, monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Freezes the server. Only a server that never replies has a short time limit."""

    def freeze_server() -> None:
        proxy.freeze()
        monkeypatch.setattr(availability, "ANSWER_SECONDS", 0.2)

    return freeze_server


def test_a_query_to_a_frozen_server_fails(freeze: Callable[[], None], watched: WatchedConnection) -> None:
    watched.execute("SELECT 1")
    freeze()

    with pytest.raises(psycopg.OperationalError, match="does not respond"):
        watched.execute("SELECT 1")
    assert watched.closed


def test_a_commit_to_a_frozen_server_fails(freeze: Callable[[], None], watched: WatchedConnection) -> None:
    watched.execute("SELECT 1")
    freeze()

    with pytest.raises(psycopg.OperationalError, match="does not respond"):
        watched.commit()
    assert watched.closed


def test_a_slow_query_continues_while_the_server_responds(watched: WatchedConnection) -> None:
    assert watched.execute("SELECT 1 FROM pg_sleep(0.6)").fetchone() == (1,)


def test_a_response_that_takes_too_long_ends_the_wait(watched: WatchedConnection) -> None:
    """The server accepts new connections, but this one receives no response."""
    watched.max_seconds = 0.3

    with pytest.raises(psycopg.OperationalError, match="does not respond"):
        watched.execute("SELECT pg_sleep(30)")
    assert watched.closed
