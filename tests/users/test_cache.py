"""Where answers are kept: a Redis that several processes share, and one that is not there."""

import socket
from pathlib import Path

import pytest
import requests

from tests.installation import Installation
from tests.openlibrary.app import OpenLibrary
from tests.running import free_port, running
from tests.shop.server import serving

REDIS = ("127.0.0.1", 6379)


def redis_answers() -> bool:
    try:
        socket.create_connection(REDIS, timeout=1).close()
    except OSError:
        return False
    return True


def searched(tmp_path: Path, installation: Installation, cache_url: str) -> tuple[list[str], int]:
    """The states of Open Library in two searches, each in a web process of its own, and how often it was asked."""
    service, states = OpenLibrary(), []
    with serving(service) as url:
        for _ in range(2):
            settings = {"OPENLIBRARY_URL": url, "CACHE_URL": cache_url, "CONTACT": "tests@example.org"}
            with running(
                "serve", tmp_path, DATABASE_URL=installation.environment["DATABASE_URL"], **settings
            ) as started:
                started.line_with("Colophon serves on")
                body = started.get("search?q=war+and+peace")
                states.append(body["sources"][0]["status"])
                login = {"email": "nobody@example.org", "password": "wrong"}
                assert requests.post(f"{started.address}api/auth/login", json=login, timeout=20).status_code == 401
    return states, service.asked.total()


@pytest.mark.skipif(not redis_answers(), reason="no Redis answers on 127.0.0.1:6379")
def test_redis_keeps_answers_for_all_processes(tmp_path: Path, installation: Installation) -> None:
    assert searched(tmp_path, installation, f"redis://{REDIS[0]}:{REDIS[1]}/15") == (["ok", "ok"], 1)


def test_the_database_keeps_them_by_default(tmp_path: Path, installation: Installation) -> None:
    assert searched(tmp_path, installation, "") == (["ok", "ok"], 1)


def test_a_redis_that_is_away_costs_what_it_kept_and_no_answer(tmp_path: Path, installation: Installation) -> None:
    assert searched(tmp_path, installation, f"redis://127.0.0.1:{free_port()}/0") == (["ok", "ok"], 2)


@pytest.mark.parametrize("url", ["memcached://127.0.0.1", "redis://", "nonsense"])
def test_a_wrong_cache_url_is_refused_by_its_name(tmp_path: Path, url: str) -> None:
    environment = {"VAR_DIR": str(tmp_path), "CACHE_URL": url, "PATH": "/usr/bin:/bin"}

    finished = Installation(environment, "").manage("check")

    assert finished.returncode == 1
    assert finished.stderr.startswith("Configuration error: CACHE_URL must start with redis://")
