"""Requests byte by byte, as no client library sends them."""

import socket
from contextlib import closing, suppress
from urllib.parse import urlsplit

from tests.support.running import Running


def connected(attacked: Running, patience: float = 10) -> "closing[socket.socket]":
    place = urlsplit(attacked.address)
    return closing(socket.create_connection((str(place.hostname), int(place.port or 0)), timeout=patience))


def raw(attacked: Running, *pieces: bytes, patience: float = 10) -> bytes:
    """What comes back for these bytes, until the server closes or says nothing more."""
    with connected(attacked, patience) as connection:
        with suppress(OSError):  # it need not take all of them to answer
            for piece in pieces:
                connection.sendall(piece)
        return b"".join(iter(lambda: received(connection), b""))


def received(connection: socket.socket) -> bytes:
    try:
        return connection.recv(65_536)
    except OSError:
        return b""


def head(method: str, path: str, *lines: str) -> bytes:
    return "\r\n".join([f"{method} {path} HTTP/1.1", "Host: 127.0.0.1", "Connection: close", *lines, "", ""]).encode()


def status(answer: bytes) -> int:
    return int(answer.split(b" ", 2)[1]) if answer else 0
