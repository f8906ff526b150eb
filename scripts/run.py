"""Starts Colophon on this machine: `serve`, `run` with a crawl beside it, `demo` with a shop of its own too.

Beside the server stands a worker for the crawls that somebody starts in the admin or by the API.

Standard library only, so that it starts at once. Ctrl-C or SIGTERM ends everything that it started.
"""

import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parent.parent
MANAGE = [sys.executable, str(ROOT / "manage.py")]
HOST = os.environ.get("HOST", "127.0.0.1")
PORT = os.environ.get("PORT", "8000")
REACHED_AT = "127.0.0.1" if HOST in {"0.0.0.0", "localhost"} else HOST
ADDRESS = f"http://{REACHED_AT}:{PORT}/"
DEMO_SHOP_PORT = os.environ.get("DEMO_SHOP_PORT", "8001")
START_SECONDS = 30
END_SECONDS = 30

Environment = dict[str, str]


def main(verb: str) -> int:
    for number in (signal.SIGTERM, signal.SIGHUP):  # asked to end, or its terminal was closed
        signal.signal(number, lambda *_: sys.exit(0))
    signal.signal(signal.SIGINT, signal.default_int_handler)  # also where a shell started this in the background
    try:
        if verb == "serve":
            return serve(dict(os.environ))
        return demo() if verb == "demo" else run()
    except KeyboardInterrupt:
        return 0


def serve(environment: Environment) -> int:
    migrate(environment)
    with ExitStack() as started:
        server = start_server(started, environment)
        return server.wait()


def run() -> int:
    environment = dict(os.environ)
    migrate(environment)
    with ExitStack() as started:
        server = start_server(started, environment)
        crawl_beside(started, server, environment)
        if has_books(environment):
            return server.wait()
    say("There is nothing to serve yet: going on as `make demo`, with a shop of the project's own.")
    return demo()


def demo() -> int:
    var = Path(os.environ.get("VAR_DIR") or ROOT / "var")
    environment = {
        "SHOP_DELAY": "0.01",
        **os.environ,
        "DATABASE_URL": f"sqlite:///{quote(str(var.resolve() / 'demo.sqlite3'))}",
        "NO_PROXY": "127.0.0.1",  # the shop is on this machine
        "PRIVATE_ADDRESSES": "true",
    }
    with ExitStack() as started:
        environment["SHOP_URL"] = start_shop(started)
        migrate(environment)
        server = start_server(started, environment)
        crawl_beside(started, server, environment)
        return server.wait()


def migrate(environment: Environment) -> None:
    finished = subprocess.run(
        [*MANAGE, "migrate", "--verbosity", "0", "--skip-checks"], env=environment, cwd=ROOT, check=False
    )
    if finished.returncode:
        sys.exit(finished.returncode)


def start_server(started: ExitStack, environment: Environment) -> "subprocess.Popen[bytes]":
    """The web server, once it answers, with a worker beside it."""
    refuse_taken_port()
    command = [sys.executable, "-m", "config.server", "--host", HOST, "--port", PORT]
    server = started.enter_context(child(command, environment))
    deadline = time.monotonic() + START_SECONDS
    while not answers():
        if server.poll() is not None or time.monotonic() > deadline:
            sys.exit(f"The web server did not start on port {PORT}.")
        time.sleep(0.05)
    started.enter_context(child([*MANAGE, "db_worker", "--verbosity", "0", "--no-reload"], environment))
    say(f"Colophon serves on {ADDRESS} (the API at {ADDRESS}api/, the docs at {ADDRESS}docs). Ctrl-C ends it.")
    return server


def refuse_taken_port() -> None:
    """Asked beforehand: another server on this port would answer in the new one's place."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, int(PORT)))
        except (OSError, ValueError, OverflowError) as error:
            sys.exit(f"Port {PORT} cannot be used ({error}). PORT=8080 chooses another.")


def start_shop(started: ExitStack) -> str:
    """The project's own shop; its usual port keeps the books' addresses the same from one demo to the next."""
    for port in (DEMO_SHOP_PORT, "0"):
        command = [sys.executable, "-m", "tests.fakes.shop", "--port", port]
        shop = started.enter_context(
            child(command, dict(os.environ), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        )
        assert shop.stdout is not None
        if line := shop.stdout.readline().decode():
            return line.split()[-1]
    sys.exit("The demonstration shop did not start.")


def crawl_beside(started: ExitStack, server: "subprocess.Popen[bytes]", environment: Environment) -> None:
    """Waits for the crawl, or for the server where that ends first; the crawl itself says how it went."""
    crawl = started.enter_context(child([*MANAGE, "scrape_books"], environment))
    while crawl.poll() is None:
        if server.poll() is not None:
            sys.exit("The web server ended.")
        time.sleep(0.1)


def answers() -> bool:
    """Whether somebody listens; what is answered depends on settings that are not known here."""
    try:
        socket.create_connection((REACHED_AT, int(PORT)), timeout=2).close()
    except OSError:
        return False
    return True


def has_books(environment: Environment) -> bool:
    asked = "from books.models import Book; print(Book.objects.exists())"
    command = [*MANAGE, "shell", "--verbosity", "0", "--command", asked]
    return b"True" in subprocess.run(command, env=environment, cwd=ROOT, check=False, capture_output=True).stdout


@contextmanager
def child(
    command: list[str], environment: Environment, *, stdout: int | None = None, stderr: int | None = None
) -> "Iterator[subprocess.Popen[bytes]]":
    """A process that ends with this one: asked first, killed where it does not listen."""
    # In a session of its own: Ctrl-C reaches this script alone, which then asks each child once. The web server hangs
    # where its workers are interrupted beside it.
    process = subprocess.Popen(command, env=environment, cwd=ROOT, stdout=stdout, stderr=stderr, start_new_session=True)
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(END_SECONDS)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def say(text: str) -> None:
    print(text, flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
