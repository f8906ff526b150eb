"""Remembers for a second that a PostgreSQL server is unavailable, so that requests fail at once instead of waiting."""

import socket
import struct
import time
from contextlib import closing
from dataclasses import dataclass, field
from functools import cache
from threading import Lock
from typing import Any, TypeVar

import psycopg
from psycopg.abc import PQGen

CHECK_SECONDS = 1.0  # how long a result is used
ANSWER_SECONDS = 2.0  # for the connection, and again for the first reply
PROTOCOL_3 = 196_608
CANNOT_CONNECT_NOW = b"C57P03\0"  # the field with this SQLSTATE: the server starts, stops or recovers
UNIX_SOCKET = "{}/.s.PGSQL.{}"
Result = TypeVar("Result")


class ServerUnavailable(psycopg.OperationalError):
    """The server was unavailable at the last check, less than CHECK_SECONDS ago."""

    is_known_outage = True


@dataclass(frozen=True, slots=True)
class Server:
    """The target of a connection. `host` is a name, an address or the folder of a Unix socket."""

    host: str
    port: str
    user: str
    database: str

    def accepts_connections(self) -> bool:
        """Whether the server replies to a new connection, as pg_isready checks. Any reply counts, except "not now".

        libpq's PQping is not used, because psycopg calls it without releasing the interpreter lock: while it waits for
        a silent server, no thread of the process runs.
        """
        if not self.host or "," in self.host:  # libpq's default socket, or several servers: not checked
            return True
        parameters = f"user\0{self.user}\0database\0{self.database}\0\0".encode()
        try:
            with self._connect() as connection:
                connection.sendall(struct.pack("!ii", 8 + len(parameters), PROTOCOL_3) + parameters)
                reply = connection.recv(1024)
        except OSError:
            return False
        return reply != b"" and CANNOT_CONNECT_NOW not in reply

    def _connect(self) -> socket.socket:
        if not self.host.startswith("/"):
            return socket.create_connection((self.host, int(self.port)), ANSWER_SECONDS)
        connection = socket.socket(socket.AF_UNIX)
        connection.settimeout(ANSWER_SECONDS)
        try:
            connection.connect(UNIX_SOCKET.format(self.host, self.port))
        except OSError:
            connection.close()
            raise
        return connection


class BriefConnection(psycopg.Connection[Any]):
    """Waits at most ANSWER_SECONDS for each response."""

    def wait(self, gen: PQGen[Result], interval: float = 0.1, timeout: float | None = None) -> Result:
        return super().wait(gen, interval, ANSWER_SECONDS)


@dataclass(frozen=True, slots=True)
class ServerBehindPgbouncer(Server):
    """PgBouncer accepts connections while its server is unavailable, and rejects their statements."""

    parameters: str = field(repr=False)  # libpq's connection string, with the password

    def accepts_connections(self) -> bool:
        """Whether PgBouncer runs a statement in time, so also False if no server connection becomes free."""
        if not Server.accepts_connections(self):
            return False
        try:
            with closing(BriefConnection.connect(self.parameters, autocommit=True)) as connection:
                connection.execute("SELECT 1")
        except psycopg.OperationalError:
            return False
        return True


class Availability:
    """The last known state of a server, shared by all threads."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._lock = Lock()
        self._is_down = False
        self._began_at = self._ended_at = -CHECK_SECONDS  # of the last check

    def require(self) -> None:
        """Raises ServerUnavailable while an outage lasts. One caller a second checks whether it is over."""
        if self._is_down and not (self._lock.acquire(blocking=False) and self._check_and_release()):
            raise ServerUnavailable("The database server is unavailable.")

    def has_failed(self) -> bool:
        """Checks the server after an error or a long silence. Callers at the same time share one check.

        The server may have failed since the last check, so that its result counts only if it is an outage.
        """
        called_at = time.monotonic()
        self._lock.acquire()
        must_check = not self._is_down and self._began_at < called_at
        return not self._check_and_release(must_check=must_check)

    def _check_and_release(self, *, must_check: bool = False) -> bool:
        try:
            if must_check or time.monotonic() - self._ended_at >= CHECK_SECONDS:
                self._began_at = time.monotonic()
                self._is_down = not self._server.accepts_connections()
                self._ended_at = time.monotonic()
            return not self._is_down
        finally:
            self._lock.release()


availability_of = cache(Availability)
