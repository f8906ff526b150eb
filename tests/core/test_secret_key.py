"""The comparison of SECRET_KEY with the key of the other hosts. SQLite serves one machine and compares nothing."""

from pathlib import Path

import pytest
from django.conf import settings

from core.models import SecretKeyHash
from core.secret_key import is_common_secret_key
from tests.config.test_server import start_server
from tests.support.installation import Installation
from tests.support.service_process import free_port

is_postgresql = settings.DATABASES["default"]["ENGINE"].endswith("postgresql")
pytestmark = pytest.mark.skipif(not is_postgresql, reason="SQLite serves one machine")


@pytest.mark.django_db
def test_first_host_decides_and_the_key_is_stored_as_a_hash(monkeypatch: pytest.MonkeyPatch) -> None:
    assert is_common_secret_key()
    assert settings.SECRET_KEY not in SecretKeyHash.objects.get().value
    assert is_common_secret_key()

    monkeypatch.setattr(settings, "SECRET_KEY", "another key")
    assert not is_common_secret_key()


def test_host_with_another_key_does_not_start(installation: Installation, tmp_path: Path) -> None:
    other = Installation({**installation.environment, "SECRET_KEY": "another key"}, installation.database)
    first = installation.manage("accept_secret_key")
    assert first.returncode == 0, first.stderr

    worker = other.manage("run_worker")
    server = start_server(tmp_path, "--port", free_port(), **select(other.environment))

    assert (worker.returncode, server.returncode) == (1, 1)
    for finished in (worker, server):
        assert "SECRET_KEY differs from the key of the hosts that share this database" in finished.stderr
        assert "Traceback" not in finished.stderr
        assert "another key" not in finished.stderr

    assert other.manage("accept_secret_key").returncode == 0
    assert installation.manage("run_worker").returncode == 1


def select(environment: dict[str, str]) -> dict[str, str]:
    return {name: environment[name] for name in ("DATABASE_URL", "SECRET_KEY")}
