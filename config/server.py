"""Starts the web server: `python -m config.server --host 0.0.0.0 --port 8000`."""

import argparse
import os
import resource
import socket
import sys
from pathlib import Path

import django
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError, connections
from django.utils.module_loading import import_string

from core.private_files import find_readable

GRANIAN = str(Path(sys.executable).with_name("granian"))
# Requests that have begun are completed after SIGTERM. The longest one, a save that waits for Open Library, takes about
# 20 seconds. scripts/run.py and docker-compose.yml wait for 30 seconds before they kill this process.
STOP_SECONDS = 25
MAX_CONNECTIONS = 1024
OTHER_FILES = 128  # besides connections of clients: databases, Open Library, modules
MAX_FILES = 65_536
ARGUMENTS = [
    "--interface", "rsgi", "config.rsgi:application",
    "--task-impl", "asyncio",  # timeouts do not cancel reads with granian's own implementation
    "--http", "1", "--no-ws",
    "--http1-header-read-timeout", "15000",  # milliseconds, also for idle connections
    "--http1-buffer-size", "65536",  # bytes; request headers over 100 KB are rejected
    "--log-level", "warning",
    "--workers-kill-timeout", str(STOP_SECONDS),
    "--respawn-failed-workers",  # a worker that dies again within 5.5 seconds ends the server
]  # fmt: skip


def main(arguments: list[str]) -> None:
    os.umask(0o077)  # the database and all other files are for the owner only
    check_settings()
    check_port(arguments)
    check_secret_key()
    limits = ["--backlog", str(MAX_CONNECTIONS), "--backpressure", str(allow_connections())]
    workers = ["--workers", str(settings.WEB_WORKERS)]
    os.execv(GRANIAN, [GRANIAN, *ARGUMENTS, *limits, *workers, *arguments])  # noqa: S606  no shell is needed


def check_settings() -> None:
    """Exits if a setting is invalid: each worker process would print a traceback."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    try:
        readable = list(find_readable(settings.PRIVATE_PATHS))
    except ImproperlyConfigured as error:
        sys.exit(f"Configuration error: {error}")
    for path in readable:
        sys.stderr.write(f"Warning: other users of this machine can read {path}. Run: chmod go= {path}\n")


def check_secret_key() -> None:
    """Exits if the other hosts of the database have another key.

    If the database is unavailable, the server starts nevertheless: /ready compares the keys, too.
    """
    django.setup()
    try:
        # Modules with models can be imported after `setup` only.
        is_common = import_string("core.secret_key.is_common_secret_key")()
    except DatabaseError:
        return
    finally:
        connections.close_all()
    if not is_common:
        sys.exit(f"Configuration error: {import_string('core.secret_key.DIFFERENT_KEY')}")


def check_port(arguments: list[str]) -> None:
    """Exits if the port is in use: granian shares it (SO_REUSEPORT), and requests would go to either server."""
    parser = argparse.ArgumentParser(add_help=False)
    parser.add_argument("--host", default=os.environ.get("GRANIAN_HOST", "127.0.0.1"))
    parser.add_argument("--port", default=os.environ.get("GRANIAN_PORT", "8000"))
    options, _ = parser.parse_known_args(arguments)
    try:
        family, _, _, _, address = socket.getaddrinfo(options.host, None, type=socket.SOCK_STREAM)[0]
        with socket.socket(family) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((address[0], int(options.port)))
    except (OSError, ValueError, OverflowError) as error:
        sys.exit(f"Port {options.port} of {options.host} cannot be used ({error}). Choose another port with --port.")


def allow_connections() -> int:
    """Raises the limit of open files, and returns a number of connections that fits into it.

    Further clients wait in the backlog. At the limit of open files the server would accept connections in a busy loop.
    """
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    files = MAX_FILES if hard == resource.RLIM_INFINITY else min(hard, MAX_FILES)
    files = max(files, soft)
    resource.setrlimit(resource.RLIMIT_NOFILE, (files, hard))
    return max(1, min(MAX_CONNECTIONS, files - OTHER_FILES))


if __name__ == "__main__":
    main(sys.argv[1:])
