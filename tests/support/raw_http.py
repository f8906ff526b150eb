"""HTTP requests as raw bytes, for requests that no client library sends."""

import socket
from contextlib import closing, suppress
from urllib.parse import urlsplit

from tests.support.service_process import ServiceProcess


def open_connection(server: ServiceProcess, timeout: float = 30) -> "closing[socket.socket]":
    parts = urlsplit(server.address)
    return closing(socket.create_connection((str(parts.hostname), int(parts.port or 0)), timeout=timeout))


def send_raw(server: ServiceProcess, *chunks: bytes, timeout: float = 30) -> bytes:
    """Sends the chunks; returns all that the server sends until it closes the connection or the timeout expires."""
    with open_connection(server, timeout) as connection:
        with suppress(OSError):  # the server may respond and close before it has read everything
            for chunk in chunks:
                connection.sendall(chunk)
        return b"".join(iter(lambda: receive(connection), b""))


def receive(connection: socket.socket) -> bytes:
    """Empty at the end of the connection and after an error or a timeout."""
    try:
        return connection.recv(65_536)
    except OSError:
        return b""


def request_head(method: str, path: str, *headers: str) -> bytes:
    lines = [f"{method} {path} HTTP/1.1", "Host: 127.0.0.1", "Connection: close", *headers, "", ""]
    return "\r\n".join(lines).encode()


def parse_status(response: bytes) -> int:
    """The status code; 0 if the server sent nothing."""
    return int(response.split(b" ", 2)[1]) if response else 0
