"""A psycopg connection that stops waiting when the server no longer responds.

`statement_timeout` is the server's own limit, and TCP timeouts do not expire as long as a proxy or a frozen machine
acknowledges packets. Without a limit on this side, such a server blocks every thread that uses it.
"""

import time
from typing import Any, TypeVar

import psycopg
from psycopg.abc import PQGen

from core.db.postgresql.availability import Server, availability_of

SILENT_SECONDS = 2.0  # without data, after which a new connection tests whether the server still responds
Result = TypeVar("Result")


class WatchedConnection(psycopg.Connection[Any]):
    max_seconds: float | None = None  # for one response; None means no limit

    def wait(self, gen: PQGen[Result], interval: float = 0.1, timeout: float | None = None) -> Result:
        return super().wait(self._watch(gen), interval, timeout)

    def _watch(self, generator: PQGen[Result]) -> PQGen[Result]:
        """Passes on the states that psycopg sends: `ready` is zero after each interval without data."""
        started = checked_at = time.monotonic()
        try:
            wanted = next(generator)
            while True:
                ready = yield wanted
                if not ready and time.monotonic() - checked_at > SILENT_SECONDS:
                    self._check_server(started)
                    checked_at = time.monotonic()
                wanted = generator.send(ready)
        except StopIteration as stop:
            return stop.value  # type: ignore[no-any-return]

    def _check_server(self, started: float) -> None:
        """Closes the connection and raises OperationalError if no response is to be expected any more."""
        server = Server(self.info.host, str(self.info.port), self.info.user, self.info.dbname)
        is_late = self.max_seconds is not None and time.monotonic() - started > self.max_seconds
        if is_late or availability_of(server).has_failed():
            self.pgconn.finish()
            raise psycopg.OperationalError("The database server does not respond.")
