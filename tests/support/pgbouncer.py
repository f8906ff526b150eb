"""PgBouncer in transaction mode in front of a temporary PostgreSQL server. Tests can stop and start it."""

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager

from tests.support.postgresql_server import PostgresqlServer, switch_user
from tests.support.service_process import free_port

PROGRAM = shutil.which("pgbouncer", path=f"{os.environ.get('PATH', os.defpath)}:/usr/sbin")
SERVER_CONNECTIONS = 3
PASSWORD = "pool-password"
# As docs/deployment.md recommends, except addresses and the number of server connections.
CONFIGURATION = """
[databases]
colophon = host=127.0.0.1 port={server_port}

[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {port}
unix_socket_dir =
auth_type = scram-sha-256
auth_file = userlist.txt
pool_mode = transaction
default_pool_size = {size}
max_client_conn = 200
query_wait_timeout = 4
server_login_retry = 1
server_connect_timeout = 3
tcp_user_timeout = 10000
"""


class PgBouncer:
    def __init__(self, server: PostgresqlServer) -> None:
        self.port = free_port()
        self.url = f"postgresql://colophon:{PASSWORD}@127.0.0.1:{self.port}/colophon"
        self._configuration = server.folder / "pgbouncer.ini"  # which the user postgres can read
        self._configuration.write_text(
            CONFIGURATION.format(server_port=server.port, port=self.port, size=SERVER_CONNECTIONS), encoding="ascii"
        )
        (server.folder / "userlist.txt").write_text(f'"colophon" "{PASSWORD}"', encoding="ascii")
        self._log = server.folder / "pgbouncer.log"

    def start(self) -> None:
        command = [*switch_user(), str(PROGRAM), str(self._configuration)]
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(command, stdout=log, stderr=log, cwd=self._configuration.parent)
        while not self._accepts_connections():
            assert self._process.poll() is None, self._log.read_text(encoding="utf-8")
            time.sleep(0.02)

    def stop(self) -> None:
        self._process.terminate()
        self._process.wait()

    def _accepts_connections(self) -> bool:
        try:
            socket.create_connection(("127.0.0.1", int(self.port)), timeout=2).close()
        except OSError:
            return False
        return True


@contextmanager
def run_pgbouncer(server: PostgresqlServer) -> Iterator[PgBouncer]:
    """The database `colophon` of the role `colophon` must exist."""
    pgbouncer = PgBouncer(server)
    pgbouncer.start()
    try:
        yield pgbouncer
    finally:
        pgbouncer.stop()
