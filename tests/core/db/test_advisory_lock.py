"""Locks between processes."""

import threading
from collections.abc import Iterator

import pytest

from core.db.advisory_lock import hold_lock, try_lock
from tests.support.installation import Installation

pytestmark = pytest.mark.django_db


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
