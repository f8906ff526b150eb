"""Pages of a running web process while the database or Redis is down."""

import urllib.error
import urllib.request
from email.message import Message
from pathlib import Path

import pytest
from bs4 import BeautifulSoup

from tests.resilience.probes import assert_recovers
from tests.support.postgresql_server import PROGRAM_FOLDERS, run_postgresql_server
from tests.support.service_process import free_port, run_service
from tests.web.pages import BROWSER

pytestmark = pytest.mark.slow
PATHS = ["", "catalogue", "book/1", "find?q=odes", "sign-in", "register", "author/1"]


def browse(address: str) -> tuple[int, "Message[str, str]", BeautifulSoup]:
    """The cookie names a session, which a page reads from the database."""
    request = urllib.request.Request(address, headers={**BROWSER, "Cookie": f"sessionid={'a' * 32}"})
    try:
        with urllib.request.urlopen(request, timeout=60) as response:
            return response.status, response.headers, BeautifulSoup(response.read(), "lxml")
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.headers, BeautifulSoup(error.read(), "lxml")


@pytest.mark.skipif(not PROGRAM_FOLDERS, reason="The server programs of PostgreSQL are not installed")
def test_pages_explain_an_outage_of_the_database(tmp_path: Path) -> None:
    with run_postgresql_server() as database, run_service("serve", tmp_path, DATABASE_URL=database.url) as service:
        service.wait_for_line("Colophon serves on")

        database.stop()
        for path in PATHS:
            status, headers, page = browse(service.address + path)
            assert (status, headers.get_content_type()) == (503, "text/html"), path
            assert int(headers["Retry-After"]) > 0
            assert "Try again in 5 seconds." in page.get_text()
            assert page.select("header.top a.brand")
            assert "127.0.0.1" not in str(page)
        assert browse(f"{service.address}nothing")[0] == 404
        assert browse(f"{service.address}robots.txt")[0] == 200

        database.start()
        assert_recovers(service.address)


def test_pages_work_without_redis(tmp_path: Path) -> None:
    with run_service("serve", tmp_path, CACHE_URL=f"redis://127.0.0.1:{free_port()}/0") as service:
        service.wait_for_line("Colophon serves on")

        for path in ("", "catalogue", "sign-in", "register"):
            assert browse(service.address + path)[0] == 200
