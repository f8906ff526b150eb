"""Three hosts with different clocks on one PostgreSQL and one Redis, for both queue engines."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any

import psycopg
import pytest

from tests.fakes.openlibrary.app import OpenLibrary
from tests.fakes.shop.app import Faults, Shop
from tests.fakes.shop.catalogue import read_books
from tests.fakes.shop.server import serving
from tests.hosts.host import Host, build_clock, find_obstacle
from tests.support.installation import MANAGE
from tests.support.postgresql_server import PROGRAM_FOLDERS, run_postgresql_server
from tests.support.redis_server import IS_INSTALLED, run_redis_server
from tests.support.service_process import free_port

CLOCK_ERRORS = {"host1": 0, "host2": -40, "host3": 3600}  # seconds
SHOP_DELAY = 0.02  # seconds between two requests
EMAIL, PASSWORD = "staff@example.org", "correct horse battery"


@dataclass
class Cluster:
    hosts: list[Host]
    shop: Shop
    open_library: OpenLibrary
    database: str
    token: str = ""

    @property
    def headers(self) -> dict[str, str]:
        """Of a superuser."""
        return {"Authorization": f"Bearer {self.token}"}

    def query(self, sql: str) -> list[tuple[Any, ...]]:
        with psycopg.connect(self.database) as connection:
            cursor = connection.execute(sql.encode())
            return cursor.fetchall() if cursor.description else []


def create_superuser(host: Host) -> None:
    create = f"User.objects.create_superuser(email='{EMAIL}', name='Staff', password='{PASSWORD}')"
    host.manage("shell", "--verbosity", "0", "--command", f"from users.models import User; {create}")


@pytest.fixture(scope="module", params=["database", "rq"])
def cluster(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """The three hosts migrate an empty database at the same time, and then serve. No worker runs."""
    if obstacle := find_obstacle():
        pytest.skip(obstacle)
    if not (PROGRAM_FOLDERS and IS_INSTALLED):
        pytest.skip("the programs of PostgreSQL or Redis are not installed")
    folder = tmp_path_factory.mktemp("hosts")
    shop, open_library = Shop(read_books()[:400], Faults()), OpenLibrary()
    with (
        serving(shop) as shop_url,
        serving(open_library) as open_library_url,
        run_postgresql_server() as database,
        run_redis_server(free_port(), folder) as redis_url,
    ):
        settings = {
            "DATABASE_URL": database.url, "TASKS_BACKEND": request.param, "QUEUE_URL": redis_url,
            "SECRET_KEY": "the same key on all hosts", "ALLOWED_HOSTS": "127.0.0.2,127.0.0.3,127.0.0.4",
            "LOGINS_PER_ADDRESS": "30/hour", "LOGINS_PER_ACCOUNT": "none", "CONTACT": "tests@example.org",
            "SHOP_URL": shop_url, "SHOP_DELAY": str(SHOP_DELAY), "OPENLIBRARY_URL": open_library_url,
            "PRIVATE_ADDRESSES": "true", "WEB_THREADS": "16",
        }  # fmt: skip
        hosts = [
            Host(name, f"127.0.0.{number}", error, build_clock(folder), folder, settings)
            for number, (name, error) in enumerate(CLOCK_ERRORS.items(), start=2)
        ]
        with run_servers(Cluster(hosts, shop, open_library, database.url)) as cluster:
            yield cluster


@contextmanager
def run_servers(cluster: Cluster) -> Iterator[Cluster]:
    migrations = [host.start(*MANAGE, "migrate", "--verbosity", "0") for host in cluster.hosts]
    for host, migration in zip(cluster.hosts, migrations, strict=True):
        assert migration.wait(300) == 0, host.read_log()
    create_superuser(cluster.hosts[0])
    with ExitStack() as stack:
        for host in cluster.hosts:
            server = stack.enter_context(host.start_server())
            stack.callback(server.kill)
        for host in cluster.hosts:
            host.wait_until_ready()
        response = cluster.hosts[0].request("POST", "/api/auth/login", json={"email": EMAIL, "password": PASSWORD})
        cluster.token = response.json()["token"]
        yield cluster
