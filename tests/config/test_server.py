"""`python -m config.server`, as the image and scripts/run.py start it."""

import resource
import signal
import socket
import subprocess
import sys
import threading
import time
from contextlib import ExitStack, closing
from pathlib import Path
from urllib.parse import urlsplit

import psutil
import pytest

from config import server
from tests.fakes.openlibrary.app import OpenLibrary
from tests.fakes.shop.server import serving
from tests.resilience.load import Client, Response
from tests.support.installation import ROOT, Installation
from tests.support.service_process import ServiceProcess, run_service
from tests.support.target_server import create_superuser, sign_in_superuser


def start_server(folder: Path, *arguments: str, **environment: str) -> "subprocess.CompletedProcess[str]":
    variables = {"PATH": "/usr/bin:/bin", "VAR_DIR": str(folder), **environment}
    command = [sys.executable, "-m", "config.server", *arguments]
    return subprocess.run(command, env=variables, cwd=ROOT, capture_output=True, text=True, timeout=30, check=False)


@pytest.mark.parametrize("host", ["127.0.0.1", "0.0.0.0", "localhost"])
def test_a_port_of_another_server_is_refused(tmp_path: Path, host: str) -> None:
    with socket.socket() as other:
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)  # as granian does
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]

        finished = start_server(tmp_path, "--host", host, "--port", str(port))

    assert finished.returncode == 1
    assert f"Port {port} of {host} cannot be used" in finished.stderr


@pytest.mark.parametrize("port", ["99999", "http"])
def test_an_invalid_port_is_refused(tmp_path: Path, port: str) -> None:
    finished = start_server(tmp_path, "--port", port)

    assert finished.returncode == 1
    assert finished.stderr.startswith(f"Port {port} of 127.0.0.1 cannot be used")


@pytest.mark.parametrize(
    ("name", "value", "maximum"),
    [("WEB_THREADS", "many", 100), ("WEB_WORKERS", "0", 64), ("WEB_WORKERS", "65", 64), ("WEB_WORKERS", "two", 64)],
)
def test_an_invalid_setting_is_reported_in_one_line(tmp_path: Path, name: str, value: str, maximum: int) -> None:
    finished = start_server(tmp_path, **{name: value})

    assert finished.returncode == 1
    assert finished.stderr == (
        f"Configuration error: {name} must be a whole number from 1 to {maximum}, not '{value}'.\n"
    )


def test_a_readable_folder_is_reported(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)

    finished = start_server(tmp_path, "--port", "http")

    assert f"Warning: other users of this machine can read {tmp_path}. Run: chmod go= {tmp_path}" in finished.stderr


@pytest.mark.parametrize(
    ("limits", "raised", "connections"),
    [
        ((1024, 1_048_576), (65_536, 1_048_576), 1024),
        ((1024, resource.RLIM_INFINITY), (65_536, resource.RLIM_INFINITY), 1024),
        ((200_000, 1_048_576), (200_000, 1_048_576), 1024),
        ((256, 256), (256, 256), 128),
        ((64, 64), (64, 64), 1),
    ],
)
def test_connections_fit_into_the_limit_of_open_files(
    monkeypatch: pytest.MonkeyPatch, limits: tuple[int, int], raised: tuple[int, int], connections: int
) -> None:
    chosen = []
    monkeypatch.setattr(resource, "getrlimit", lambda _: limits)
    monkeypatch.setattr(resource, "setrlimit", lambda _, values: chosen.append(values))

    assert server.allow_connections() == connections
    assert chosen == [raised]


def find_web_workers(service: ServiceProcess) -> list[psutil.Process]:
    """The processes that serve requests: the children of granian's supervisor."""
    processes = psutil.Process(service.process.pid).children(recursive=True)
    supervisors = [process for process in processes if "config.rsgi:application" in process.cmdline()]
    return [process for process in supervisors if process.parent() in supervisors]


@pytest.mark.slow
def test_a_killed_worker_is_replaced(tmp_path: Path) -> None:
    with run_service("serve", tmp_path) as service:
        service.wait_for_line("Colophon serves on")
        (worker,) = find_web_workers(service)
        worker.send_signal(signal.SIGKILL)
        worker.wait(30)

        client = Client(service.address)
        deadline = time.monotonic() + 30
        while client.request("GET", "/")[0] != 200:
            assert time.monotonic() < deadline, "No worker serves requests."
            time.sleep(0.1)
        client.close()
        (new_worker,) = find_web_workers(service)
        assert new_worker.pid != worker.pid
        assert service.process.poll() is None


def count_connections(worker: psutil.Process, service: ServiceProcess) -> int:
    """The connections of clients that this process serves."""
    port = urlsplit(service.address).port
    connections = worker.net_connections("tcp")
    return sum(each.status == psutil.CONN_ESTABLISHED and each.laddr.port == port for each in connections)


def connect_to_all_workers(stack: ExitStack, service: ServiceProcess) -> list[Client]:
    """Clients with open connections, some to each worker: the kernel distributes them at random."""
    workers, clients = find_web_workers(service), list[Client]()
    while len(clients) < 16 or not all(count_connections(worker, service) for worker in workers):
        assert len(clients) < 200, "A worker accepts no connections."
        clients.append(stack.enter_context(closing(Client(service.address))))
        assert clients[-1].request("GET", "/")[0] == 200
    return clients


@pytest.mark.slow
def test_two_workers_serve_and_neither_sends_a_stale_response(tmp_path: Path, installation: Installation) -> None:
    """Each write on one connection is read on all others at once; each worker has cached the book before."""
    create_superuser(installation)
    database_url = installation.environment["DATABASE_URL"]
    with (
        run_service("serve", tmp_path, DATABASE_URL=database_url, WEB_WORKERS="2") as service,
        ExitStack() as stack,
    ):
        service.wait_for_line("Colophon serves on")
        assert len(find_web_workers(service)) == 2
        clients, token = connect_to_all_workers(stack, service), sign_in_superuser(service)
        book = clients[0].request("POST", "/api/books", {"title": "Odes"}, token)[1]
        path = f"/api/books/{book['id']}"
        for number, writer in enumerate(clients):
            assert {client.request("GET", path)[1]["title"] for client in clients} == {book["title"]}
            status, book = writer.request("PATCH", path, {"title": f"Odes {number}"}, token)
            assert (status, book["title"]) == (200, f"Odes {number}")
        assert {client.request("GET", path)[1]["title"] for client in clients} == {book["title"]}
        assert all(count_connections(worker, service) for worker in find_web_workers(service))


@pytest.mark.slow
def test_requests_that_wait_for_open_library_are_completed_after_sigterm(
    tmp_path: Path, installation: Installation
) -> None:
    open_library, responses = OpenLibrary(), list[Response]()
    open_library.fault = "hang"
    with serving(open_library) as url:
        environment = {"DATABASE_URL": installation.environment["DATABASE_URL"], "CONTACT": "tests@example.org"}
        with run_service("serve", tmp_path, OPENLIBRARY_URL=url, **environment) as service:
            service.wait_for_line("Colophon serves on")

            def search(number: int) -> None:
                client = Client(service.address)
                responses.append(client.request("GET", f"/api/search?q=hanging+{number}"))
                client.close()

            searches = [threading.Thread(target=search, args=(number,)) for number in range(3)]
            for thread in searches:
                thread.start()
            while open_library.requests.total() < 3:
                time.sleep(0.05)
            service.process.send_signal(signal.SIGTERM)
            for thread in searches:
                thread.join()
            service.process.wait(40)

    assert [status for status, _ in responses] == [200] * 3
