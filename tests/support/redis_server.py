"""A temporary Redis server that tests can stop and start."""

import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PROGRAM = "redis-server"
IS_INSTALLED = shutil.which(PROGRAM) is not None


@contextmanager
def run_redis_server(port: str, folder: Path) -> Iterator[str]:
    """Yields its URL. The server keeps nothing on disk."""
    command = [PROGRAM, "--port", port, "--save", "", "--bind", "127.0.0.1", "--dir", str(folder)]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as server:
        try:
            deadline = time.monotonic() + 30
            while not accepts_connections("127.0.0.1", int(port)):
                assert time.monotonic() < deadline, "Redis did not start"
                time.sleep(0.05)
            yield f"redis://127.0.0.1:{port}/0"
        finally:
            server.kill()


def accepts_connections(host: str, port: int) -> bool:
    try:
        socket.create_connection((host, port), timeout=1).close()
    except OSError:
        return False
    return True
