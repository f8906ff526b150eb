"""Locks between processes."""

import threading
from collections.abc import Iterator

import pytest
from django.db import connection, connections
from django.db.backends.base.base import BaseDatabaseWrapper

from core.db.advisory_lock import hold_lock, try_lock
from tests.support.installation import Installation

pytestmark = pytest.mark.django_db
END_LOCK_CONNECTIONS = """
SELECT pg_terminate_backend(pid) FROM pg_locks JOIN pg_database ON pg_database.oid = pg_locks.database
WHERE locktype = 'advisory' AND datname = current_database()
"""


def test_a_lock_is_held_by_one_process_at_a_time() -> None:
    with try_lock("first") as is_held, try_lock("first") as is_held_twice, try_lock("second") as is_other_held:
        assert (is_held, is_held_twice, is_other_held) == (True, False, True)

    with try_lock("first") as is_held:
        assert is_held


def test_a_lock_is_released_after_an_error() -> None:
    with pytest.raises(ValueError, match="inside"), try_lock("first"):
        raise ValueError("inside")

    with try_lock("first") as is_held:
        assert is_held


@pytest.mark.skipif(connection.vendor != "postgresql", reason="Locks in files have no connection")
def test_a_lock_is_released_before_the_server_ends_its_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    """PostgreSQL ends a connection some time after the client has closed it."""
    open_connections: list[BaseDatabaseWrapper] = []

    def keep_open(self: BaseDatabaseWrapper) -> None:
        open_connections.append(self)

    with monkeypatch.context() as patch:
        patch.setattr(type(connections["default"]), "close", keep_open)
        with try_lock("first"):
            pass
        with try_lock("first") as is_held:
            is_released = is_held
    for lock_connection in open_connections:
        lock_connection.close()

    assert is_released


@pytest.mark.skipif(connection.vendor != "postgresql", reason="Locks in files have no connection")
def test_a_lost_connection_does_not_hide_the_error_of_the_block() -> None:
    def fail() -> None:
        with try_lock("first"):
            with connection.cursor() as cursor:
                cursor.execute(END_LOCK_CONNECTIONS)
            raise ValueError("inside")

    with pytest.raises(ValueError, match="inside"):
        fail()


def test_waiting_ends_when_the_lock_is_released() -> None:
    order = []

    def wait() -> None:
        with hold_lock("first"):
            order.append("second holder")

    with try_lock("first"):
        waiting = threading.Thread(target=wait)
        waiting.start()
        waiting.join(0.2)
        order.append("first holder")
    waiting.join(60)

    assert order == ["first holder", "second holder"]


@pytest.fixture
def empty_installation(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    with Installation.create(tmp_path_factory.mktemp("empty"), migrate=False) as installed:
        yield installed


@pytest.mark.slow
def test_three_hosts_migrate_an_empty_database_at_the_same_time(empty_installation: Installation) -> None:
    hosts = [empty_installation.start("migrate", "--verbosity", "1") for _ in range(3)]

    outputs = [host.communicate(timeout=240) for host in hosts]

    assert [host.returncode for host in hosts] == [0, 0, 0], outputs
    assert sorted("Applying books.0001" in output for output, _ in outputs) == [False, False, True]
