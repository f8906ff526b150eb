"""Django's PostgreSQL backend, extended for outages: requests fail at once, and pooled connections are replaced."""

from functools import cached_property
from typing import Any

import psycopg
from django.db.backends.postgresql import base
from psycopg import IsolationLevel
from psycopg.conninfo import make_conninfo

from core.db.postgresql.availability import Availability, Server, ServerBehindPgbouncer, availability_of
from core.db.postgresql.connection import WatchedConnection
from core.db.postgresql.validation import DatabaseValidation

OWN_OPTIONS = ("response_seconds", "uses_pgbouncer")
PSYCOPG_PARAMETERS = {"context", "cursor_factory", "prepare_threshold"}  # the others are libpq's


class DatabaseWrapper(base.DatabaseWrapper):
    """Django's backend with two more OPTIONS.

    `response_seconds` limits the time of a response; None means no limit. `uses_pgbouncer` states that the host is
    PgBouncer in transaction mode.
    """

    validation_class = DatabaseValidation
    pool: Any  # Django's property: a psycopg_pool.ConnectionPool, or None
    _connection_pools: dict[str, Any]

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        if pool_options := self.settings_dict["OPTIONS"].get("pool"):
            pool_options["connection_class"] = WatchedConnection

    def get_connection_params(self) -> dict[str, Any]:
        parameters: dict[str, Any] = super().get_connection_params()
        for name in OWN_OPTIONS:
            parameters.pop(name, None)
        return parameters

    def get_new_connection(self, conn_params: dict[str, Any]) -> WatchedConnection:
        self.availability.require()
        try:
            connection = self._open_connection(conn_params)
        except psycopg.OperationalError:
            self.replace_lost_connections()
            raise
        connection.max_seconds = self.settings_dict["OPTIONS"].get("response_seconds")
        return connection

    def _open_connection(self, parameters: dict[str, Any]) -> WatchedConnection:
        if self.pool:
            pooled: WatchedConnection = super().get_new_connection(parameters)
            return pooled
        self.isolation_level = IsolationLevel.READ_COMMITTED
        return WatchedConnection.connect(**parameters)

    @cached_property
    def availability(self) -> Availability:
        settings = self.settings_dict
        address = (settings["HOST"], str(settings["PORT"] or 5432), settings["USER"], settings["NAME"])
        if not settings["OPTIONS"].get("uses_pgbouncer"):
            return availability_of(Server(*address))
        parameters = self.get_connection_params()
        libpq = {name: value for name, value in parameters.items() if name not in PSYCOPG_PARAMETERS}
        return availability_of(ServerBehindPgbouncer(*address, parameters=make_conninfo(**libpq)))

    def replace_lost_connections(self) -> None:
        """After an error: closes the pool if the server is unavailable, otherwise replaces its broken connections.

        A new pool connects at once when the server is back. The old one would wait for up to minutes between attempts.
        Checking before each use (CONN_HEALTH_CHECKS) would add a fifth to the time of a small read.
        """
        if self.availability.has_failed():
            self.close_pool()
        elif self.pool and not self.pool.closed:
            self.pool.check()

    def close_pool(self) -> None:
        """Also called by several threads at the same time."""
        if pool := self._connection_pools.pop(self.alias, None):
            pool.close(timeout=0.1)  # threads of the pool that still try to connect end later
