"""Where answers are kept: a Redis that several processes share, one that is not there, and one that goes away."""

import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
import requests

from tests.fakes.openlibrary.app import OpenLibrary
from tests.fakes.shop.server import serving
from tests.support.installation import Installation
from tests.support.running import free_port, running

REDIS = ("127.0.0.1", 6379)
REDIS_SERVER = "redis-server"


def answers(host: str, port: int) -> bool:
    try:
        socket.create_connection((host, port), timeout=1).close()
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


@pytest.mark.skipif(not answers(*REDIS), reason="no Redis answers on 127.0.0.1:6379")
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


@contextmanager
def own_redis(port: str, folder: Path) -> Iterator[None]:
    command = [REDIS_SERVER, "--port", port, "--save", "", "--bind", "127.0.0.1", "--dir", str(folder)]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as server:
        try:
            for _ in range(200):
                if answers("127.0.0.1", int(port)):
                    break
                time.sleep(0.05)
            yield
        finally:
            server.kill()


@pytest.mark.skipif(not shutil.which(REDIS_SERVER), reason="no redis-server on this machine")
def test_a_redis_that_goes_and_comes_back_costs_no_answer(tmp_path: Path, installation: Installation) -> None:
    port, service, told = free_port(), OpenLibrary(), list[str]()
    environment = {"CACHE_URL": f"redis://127.0.0.1:{port}/0", "CONTACT": "tests@example.org"}
    with serving(service) as url, ExitStack() as redis:
        environment |= {"OPENLIBRARY_URL": url, "DATABASE_URL": installation.environment["DATABASE_URL"]}
        redis.enter_context(own_redis(port, tmp_path))
        with running("serve", tmp_path, **environment) as started:
            started.line_with("Colophon serves on")
            for is_there in (True, False, True):
                if not is_there:
                    redis.close()
                elif told:
                    redis.enter_context(own_redis(port, tmp_path))
                for words in (f"war and peace {len(told)}", "war and peace"):
                    told.append(started.get(f"search?q={words.replace(' ', '+')}")["sources"][0]["status"])
                assert started.get("api/books")["count"] == 0

    assert told == ["ok"] * 6
