"""Starts Colophon on this machine: `serve`, `run` (serve and crawl), or `demo` (the same with a demonstration shop).

A worker next to the web server executes the crawls that staff start, and the periodic jobs.

Uses the standard library only, so that it starts immediately. Ctrl-C or SIGTERM stops all processes.
"""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from urllib.parse import quote

ROOT = Path(__file__).resolve().parent.parent
MANAGE = [sys.executable, str(ROOT / "manage.py")]
HOST = os.environ.get("HOST", "127.0.0.1")
PORT = os.environ.get("PORT", "8000")
CONNECT_HOST = "127.0.0.1" if HOST in {"0.0.0.0", "localhost"} else HOST
ADDRESS = f"http://{CONNECT_HOST}:{PORT}/"
DEMO_SHOP_PORT = os.environ.get("DEMO_SHOP_PORT", "8001")
START_SECONDS = 30
STOP_SECONDS = 30

Environment = dict[str, str]


def main(verb: str) -> int:
    for number in (signal.SIGTERM, signal.SIGHUP):  # SIGHUP is sent when the terminal is closed
        signal.signal(number, lambda *_: sys.exit(0))
    # A shell that starts this in the background sets SIGINT to be ignored.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        if verb == "serve":
            return serve(dict(os.environ))
        return demo() if verb == "demo" else run()
    except KeyboardInterrupt:
        return 0


def serve(environment: Environment) -> int:
    migrate(environment)
    with ExitStack() as stack:
        return start_server(stack, environment).wait()


def run() -> int:
    environment = dict(os.environ)
    migrate(environment)
    with ExitStack() as stack:
        server = start_server(stack, environment)
        crawl(stack, server, environment)
        if has_books(environment):
            return server.wait()
    print_line("The catalogue is empty. Starting `make demo` instead, with a demonstration shop on this machine.")
    return demo()


def demo() -> int:
    var = Path(os.environ.get("VAR_DIR") or ROOT / "var")
    environment = {
        "SHOP_DELAY": "0.01",
        **os.environ,
        "DATABASE_URL": f"sqlite:///{quote(str(var.resolve() / 'demo.sqlite3'))}",
        "NO_PROXY": "127.0.0.1",  # the shop runs on this machine
        "PRIVATE_ADDRESSES": "true",
    }
    with ExitStack() as stack:
        environment["SHOP_URL"] = start_shop(stack)
        migrate(environment)
        server = start_server(stack, environment)
        crawl(stack, server, environment)
        return server.wait()


def migrate(environment: Environment) -> None:
    command = [*MANAGE, "migrate", "--verbosity", "0", "--skip-checks"]
    finished = subprocess.run(command, env=environment, cwd=ROOT, check=False)
    if finished.returncode:
        sys.exit(finished.returncode)


def start_server(stack: ExitStack, environment: Environment) -> "subprocess.Popen[bytes]":
    """Starts the web server, waits until it accepts connections, and starts the worker."""
    check_port()
    command = [sys.executable, "-m", "config.server", "--host", HOST, "--port", PORT]
    server = stack.enter_context(start_process(command, environment))
    deadline = time.monotonic() + START_SECONDS
    while not accepts_connections():
        if server.poll() is not None or time.monotonic() > deadline:
            sys.exit(f"The web server did not start on port {PORT}. Its error message is above.")
        time.sleep(0.05)
    stack.enter_context(start_process([*MANAGE, "run_worker"], environment))
    print_line(f"Colophon serves on {ADDRESS} (API: {ADDRESS}api/, docs: {ADDRESS}docs). Press Ctrl-C to stop.")
    return server


def check_port() -> None:
    """Exits if the port is in use, because `accepts_connections` would take the other server for the new one."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, int(PORT)))
        except (OSError, ValueError, OverflowError) as error:
            sys.exit(f"Port {PORT} cannot be used ({error}). Choose another port, such as PORT=8080.")


def start_shop(stack: ExitStack) -> str:
    """Returns the address. The same port at each start keeps the addresses of the books the same."""
    for port in (DEMO_SHOP_PORT, "0"):
        command = [sys.executable, "-m", "tests.fakes.shop", "--port", port]
        process = start_process(command, dict(os.environ), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        shop = stack.enter_context(process)
        assert shop.stdout is not None
        if line := shop.stdout.readline().decode():
            return line.split()[-1]
    sys.exit("The demonstration shop did not start. To see why, run: python -m tests.fakes.shop")


def crawl(stack: ExitStack, server: "subprocess.Popen[bytes]", environment: Environment) -> None:
    """Runs the crawl, which prints its own result, to its end. Exits if the server stops first."""
    process = stack.enter_context(start_process([*MANAGE, "scrape_books"], environment))
    while process.poll() is None:
        if server.poll() is not None:
            sys.exit("The web server stopped during the crawl. Its error message is above.")
        time.sleep(0.1)


def accepts_connections() -> bool:
    """Opens a connection only: the response to a request depends on settings that this script does not read."""
    try:
        socket.create_connection((CONNECT_HOST, int(PORT)), timeout=2).close()
    except OSError:
        return False
    return True


def has_books(environment: Environment) -> bool:
    code = "from books.models import Book; print(Book.objects.exists())"
    command = [*MANAGE, "shell", "--verbosity", "0", "--command", code]
    return b"True" in subprocess.run(command, env=environment, cwd=ROOT, check=False, capture_output=True).stdout


@contextmanager
def start_process(
    command: list[str], environment: Environment, *, stdout: int | None = None, stderr: int | None = None
) -> "Iterator[subprocess.Popen[bytes]]":
    """Terminates the process at the end of the block, and kills its group if it is still running after STOP_SECONDS."""
    # In a new session, so that Ctrl-C reaches only this script, which then terminates each process once. The web
    # server hangs if its workers receive SIGINT at the same time.
    process = subprocess.Popen(command, env=environment, cwd=ROOT, stdout=stdout, stderr=stderr, start_new_session=True)
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def print_line(text: str) -> None:
    print(text, flush=True)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
