"""Colophon behind PgBouncer in transaction mode, with fewer server connections than threads."""

import csv
import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from dataclasses import dataclass

import psycopg
import pytest
import requests

from tests.fakes.openlibrary.app import OpenLibrary
from tests.fakes.shop.server import serving
from tests.resilience.load import SECONDS, Client, Load, count_statuses
from tests.resilience.probes import PATHS, assert_recovers, list_statuses
from tests.support.installation import Installation
from tests.support.pgbouncer import PROGRAM, SERVER_CONNECTIONS, PgBouncer, run_pgbouncer
from tests.support.postgresql_server import PROGRAM_FOLDERS, PostgresqlServer, run_postgresql_server
from tests.support.service_process import ServiceProcess, run_service

pytestmark = [
    pytest.mark.slow,
    pytest.mark.xdist_group("pgbouncer"),
    pytest.mark.skipif(PROGRAM is None, reason="PgBouncer is not installed: apt install pgbouncer"),
    pytest.mark.skipif(not PROGRAM_FOLDERS, reason="The server programs of PostgreSQL are not installed"),
]
EMAIL, PASSWORD = "superuser@example.org", "correct horse battery"
BOOKS = 2_500  # more than one chunk of an iterator
CREATE_BOOKS = f"""
from books.models import Book
Book.objects.bulk_create(Book(title=f"Odes {{n}}") for n in range({BOOKS}))
"""
# The second chunk is fetched while another client occupies the server connection of the first.
ITERATE = """
import os, psycopg
from books.models import Book
rows = Book.objects.order_by("pk").values_list("title", flat=True).iterator(chunk_size=1_000)
found = [next(rows)]
with psycopg.connect(os.environ["DATABASE_URL"]) as other:
    other.execute("SELECT 1")
    found += rows
print(len(found))
"""
# Each statement runs on another server connection, because an open transaction occupies the one before.
READ_SETTINGS = """
import os, psycopg
from contextlib import ExitStack
from django.db import connection
with ExitStack() as stack:
    for occupied in range(3):
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_backend_pid(), current_setting('TimeZone'), current_setting('statement_timeout')")
            print(*cursor.fetchone())
        if occupied < 2:
            stack.enter_context(psycopg.connect(os.environ["DATABASE_URL"])).execute("SELECT 1")
"""
LOCK = """
from core.db.advisory_lock import try_lock
with try_lock("test") as first, try_lock("test") as second:
    print(first, second)
with try_lock("test") as third:
    print(third)
"""


@dataclass(frozen=True, slots=True)
class Stack:
    """`installation` and `service` reach `server` through `pgbouncer`."""

    server: PostgresqlServer
    pgbouncer: PgBouncer
    installation: Installation
    service: ServiceProcess

    def run_script(self, code: str) -> str:
        finished = self.installation.manage("shell", "-v", "0", "-c", code)
        assert finished.returncode == 0, finished.stderr
        return finished.stdout


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    """Migrated and filled through PgBouncer. The role's time zone is not the one that Django sets."""
    folder = tmp_path_factory.mktemp("pgbouncer")
    with run_postgresql_server() as server:
        with psycopg.connect(server.url, autocommit=True) as connection:
            connection.execute("CREATE ROLE colophon LOGIN")
            connection.execute("ALTER ROLE colophon SET statement_timeout = '30s'")
            connection.execute("ALTER ROLE colophon SET timezone = 'America/New_York'")
            connection.execute("CREATE DATABASE colophon OWNER colophon")
        with run_pgbouncer(server) as pgbouncer, serving(OpenLibrary()) as open_library:
            settings = {"DATABASE_URL": pgbouncer.url, "DB_PGBOUNCER": "true", "OPENLIBRARY_URL": open_library}
            account = {"DJANGO_SUPERUSER_PASSWORD": PASSWORD}
            environment = {**os.environ, "VAR_DIR": str(folder), "CONTACT": "tests@example.org", **settings, **account}
            installed = Installation(environment, f"{server.url.removesuffix('/postgres')}/colophon")
            installed.create_tables()
            superuser = ["createsuperuser", "--noinput", "--email", EMAIL, "--name", "Superuser"]
            installed.manage(*superuser).check_returncode()
            installed.manage("shell", "-v", "0", "-c", CREATE_BOOKS).check_returncode()
            with run_service("serve", folder, LOG_LEVEL="WARNING", **settings) as service:
                service.wait_for_line("Colophon serves on")
                yield Stack(server, pgbouncer, installed, service)


@pytest.fixture
def headers(stack: Stack) -> dict[str, str]:
    credentials = {"email": EMAIL, "password": PASSWORD}
    response = requests.post(f"{stack.service.address}api/auth/login", json=credentials, timeout=30)
    return {"Authorization": f"Bearer {response.json()['token']}"}


def test_migrations_are_complete(stack: Stack) -> None:
    finished = stack.installation.manage("migrate", "--check")

    assert finished.returncode == 0, finished.stderr
    assert stack.installation.query("SELECT count(*) FROM books_catalogue_stamp") == [(1,)]


def test_pgbouncer_needs_the_setting_or_no_timeout(stack: Stack) -> None:
    environment = {**stack.installation.environment, "DB_PGBOUNCER": ""}

    refused = Installation(environment, "").manage("check", "--database", "default")
    accepted = Installation({**environment, "DB_STATEMENT_TIMEOUT": "0"}, "").manage("check", "--database", "default")

    assert "unsupported startup parameter" in refused.stderr
    assert accepted.returncode == 0, accepted.stderr


@pytest.mark.parametrize(("limit", "warns"), [("30", False), ("20", True), ("0", False)])
def test_check_compares_the_roles_timeout_with_the_setting(stack: Stack, limit: str, warns: bool) -> None:
    environment = {**stack.installation.environment, "DB_STATEMENT_TIMEOUT": limit}

    finished = Installation(environment, "").manage("check", "--database", "default")

    assert finished.returncode == 0
    assert ("config.W002" in finished.stderr) is warns


def test_session_settings_are_the_same_on_all_server_connections(stack: Stack) -> None:
    rows = [line.split() for line in stack.run_script(READ_SETTINGS).splitlines()]

    assert len({pid for pid, *_ in rows}) == SERVER_CONNECTIONS
    assert [settings for _, *settings in rows] == [["UTC", "30s"]] * SERVER_CONNECTIONS


def test_iterators_read_all_rows_over_changing_server_connections(stack: Stack) -> None:
    assert int(stack.run_script(ITERATE)) >= BOOKS


def test_advisory_locks_exclude_each_other(stack: Stack) -> None:
    assert stack.run_script(LOCK) == "True False\nTrue\n"


def test_lists_and_searches(stack: Stack) -> None:
    with closing(Client(stack.service.address)) as client:
        status, page = client.request("GET", "/api/books?title=odes+17&limit=5")
        assert (status, len(page["results"])) == (200, 5)
        assert all(book["title"].startswith("Odes 17") for book in page["results"])
        assert list_statuses(stack.service.address) == [200] * len(PATHS)


def test_crawl(stack: Stack, shop_url: str) -> None:
    for counts in ("45 created", "45 unchanged"):
        finished = stack.installation.manage("scrape_books", "--url", shop_url, "--delay", "0", "--no-progress")
        assert counts in finished.stdout, finished.stderr


def test_export(stack: Stack) -> None:
    address = f"{stack.service.address}admin/"
    with requests.Session() as browser:
        browser.get(f"{address}login/", timeout=30)
        form = {"csrfmiddlewaretoken": browser.cookies["csrftoken"], "username": EMAIL, "password": PASSWORD}
        browser.post(f"{address}login/", form, headers={"Referer": address}, timeout=30).raise_for_status()
        form = {"csrfmiddlewaretoken": browser.cookies["csrftoken"], "action": "export_as_csv", "select_across": "1"}
        pk = stack.installation.query("SELECT min(id) FROM books_book")[0][0]
        response = browser.post(f"{address}books/book/", {**form, "_selected_action": pk}, timeout=60)

    titles = [row["title"] for row in csv.DictReader(response.content.decode("utf-8-sig").splitlines())]
    assert {f"Odes {number}" for number in range(BOOKS)} <= set(titles)


def test_writes_change_the_catalogue_version_for_all_readers(stack: Stack, headers: dict[str, str]) -> None:
    def read(etag: str) -> tuple[int, str]:
        response = requests.get(address, headers={"If-None-Match": etag}, timeout=30)
        assert response.status_code == 304 or response.json()["title"] == title
        return response.status_code, response.headers["ETag"]

    created = requests.post(f"{stack.service.address}api/books", json={"title": "Epodes"}, headers=headers, timeout=30)
    address = f"{stack.service.address}api/books/{created.json()['id']}"
    etag = requests.get(address, timeout=30).headers["ETag"]
    with ThreadPoolExecutor(8) as readers:
        for number in range(10):
            title = f"Epodes {number}"
            requests.patch(address, json={"title": title}, headers=headers, timeout=30).raise_for_status()
            changed = list(readers.map(read, [etag] * 8))
            assert {status for status, _ in changed} == {200}
            [etag] = {current for _, current in changed}
            assert set(readers.map(read, [etag] * 8)) == {(304, etag)}


def test_more_clients_than_server_connections(stack: Stack) -> None:
    [(books,)] = stack.installation.query("SELECT count(*) FROM books_book")
    load = Load(books=books)

    load.run(stack.service.address, 24, SECONDS / 2)

    assert set(count_statuses(load.responses)) == {200, 201}
    load.assert_correct(dict(stack.installation.query("SELECT id, email FROM users_user")))
    pooled = "SELECT count(*) FROM pg_stat_activity WHERE usename = 'colophon'"
    assert stack.installation.query(pooled) == [(SERVER_CONNECTIONS,)]


def test_outage_of_pgbouncer_returns_503_until_it_is_back(stack: Stack) -> None:
    stack.pgbouncer.stop()
    try:
        assert list_statuses(stack.service.address) == [503] * len(PATHS)
        assert requests.get(stack.service.address, timeout=30).status_code == 200
    finally:
        stack.pgbouncer.start()

    assert_recovers(stack.service.address)


def test_a_busy_pool_returns_503_until_a_server_connection_is_free(stack: Stack) -> None:
    with ExitStack() as transactions:
        for _ in range(SERVER_CONNECTIONS):
            transactions.enter_context(psycopg.connect(stack.pgbouncer.url)).execute("SELECT 1")
        assert list_statuses(stack.service.address) == [503] * len(PATHS)

    assert_recovers(stack.service.address)


def test_outage_of_postgresql_behind_pgbouncer_returns_503_at_once_until_it_is_back(stack: Stack) -> None:
    stack.service.output.read()  # of the other tests
    stack.server.stop()
    try:
        for _ in range(4):
            assert list_statuses(stack.service.address) == [503] * len(PATHS)
        assert "couldn't get a connection" not in stack.service.output.read()
    finally:
        stack.server.start()

    assert_recovers(stack.service.address)
