"""The shared cache: in Redis, in the database, and with a Redis that is unavailable."""

from contextlib import ExitStack
from pathlib import Path

import pytest
import requests
from django.core.exceptions import ImproperlyConfigured

from config import databases
from tests.fakes.openlibrary.app import OpenLibrary
from tests.fakes.shop.server import serving
from tests.support.installation import Installation
from tests.support.redis_server import IS_INSTALLED, accepts_connections, run_redis_server
from tests.support.service_process import ServiceProcess, free_port, run_service

REDIS_ADDRESS = ("127.0.0.1", 6379)


def search_status(service: ServiceProcess, text: str) -> str:
    """The status of Open Library in a search."""
    body = service.get(f"search?q={text.replace(' ', '+')}")
    return str(body["sources"][0]["status"])


def search_in_processes(
    tmp_path: Path, installation: Installation, cache_url: str, *, processes: int = 2
) -> tuple[list[str], int]:
    """Searches the same text in web processes. Returns the statuses and the number of requests to Open Library.

    A login in each process shows that the rate limits do not depend on the cache.
    """
    open_library, statuses = OpenLibrary(), []
    login = {"email": "unknown@example.org", "password": "wrong"}
    with serving(open_library) as url:
        environment = {
            "DATABASE_URL": installation.environment["DATABASE_URL"],
            "OPENLIBRARY_URL": url,
            "CACHE_URL": cache_url,
            "CONTACT": "tests@example.org",
        }
        for _ in range(processes):
            with run_service("serve", tmp_path, **environment) as service:
                service.wait_for_line("Colophon serves on")
                statuses.append(search_status(service, "war and peace"))
                response = requests.post(f"{service.address}api/auth/login", json=login, timeout=20)
                assert response.status_code == 401
    return statuses, open_library.requests.total()


@pytest.mark.skipif(not accepts_connections(*REDIS_ADDRESS), reason="no Redis on 127.0.0.1:6379")
def test_processes_share_a_redis_cache(tmp_path: Path, installation: Installation) -> None:
    cache_url = "redis://{}:{}/15".format(*REDIS_ADDRESS)
    assert search_in_processes(tmp_path, installation, cache_url) == (["ok", "ok"], 1)


@pytest.mark.slow
def test_processes_share_the_database_cache_by_default(tmp_path: Path, installation: Installation) -> None:
    assert search_in_processes(tmp_path, installation, "") == (["ok", "ok"], 1)


def test_an_unavailable_redis_causes_no_error(tmp_path: Path, installation: Installation) -> None:
    cache_url = f"redis://127.0.0.1:{free_port()}/0"
    assert search_in_processes(tmp_path, installation, cache_url, processes=1) == (["ok"], 1)


@pytest.mark.parametrize("url", ["memcached://127.0.0.1", "redis://", "nonsense"])
def test_an_invalid_cache_url_stops_the_start(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    monkeypatch.setenv("CACHE_URL", url)

    with pytest.raises(ImproperlyConfigured, match="CACHE_URL must start with redis://"):
        databases.cache("CACHE_URL")


@pytest.mark.slow
@pytest.mark.skipif(not IS_INSTALLED, reason="redis-server is not installed")
def test_a_redis_that_stops_and_restarts_causes_no_error(tmp_path: Path, installation: Installation) -> None:
    port, open_library, statuses = free_port(), OpenLibrary(), list[str]()
    environment = {"CACHE_URL": f"redis://127.0.0.1:{port}/0", "CONTACT": "tests@example.org"}
    with serving(open_library) as url, ExitStack() as redis:
        environment |= {"OPENLIBRARY_URL": url, "DATABASE_URL": installation.environment["DATABASE_URL"]}
        redis.enter_context(run_redis_server(port, tmp_path))
        with run_service("serve", tmp_path, **environment) as service:
            service.wait_for_line("Colophon serves on")
            for phase in ("running", "stopped", "restarted"):
                if phase == "stopped":
                    redis.close()
                if phase == "restarted":
                    redis.enter_context(run_redis_server(port, tmp_path))
                statuses += [search_status(service, f"war and peace {phase}"), search_status(service, "war and peace")]
                assert service.get("api/books")["count"] == 0

    assert statuses == ["ok"] * 6
