"""Crawls of all 1,000 books, of the fake shop and of the recorded pages of the real one."""

import subprocess
import sys
from decimal import Decimal

import pytest

from tests.fakes.shop.app import Shop
from tests.fakes.shop.catalogue import read_books
from tests.fakes.shop.server import serving
from tests.support.installation import ROOT, Installation
from tests.support.service_process import free_port

pytestmark = pytest.mark.slow
RECORDED_SHOP = ROOT.parent / "shared" / "tools" / "serve_shop.py"


def assert_whole_shop(installation: Installation) -> None:
    """Compares the catalogue with known totals of the shop's 1,000 books."""
    (row,) = installation.query(
        "SELECT count(*), count(DISTINCT upc), count(DISTINCT category_id), sum(stock), "
        "sum(CASE WHEN description IS NULL THEN 1 ELSE 0 END) FROM books_book"
    )
    assert row == (1000, 1000, 50, 8585, 2)
    prices = [Decimal(str(price)) for (price,) in installation.query("SELECT price FROM books_book")]
    assert sum(prices) == Decimal("35070.35")
    ratings = installation.query("SELECT count(*) FROM books_book GROUP BY rating ORDER BY rating")
    assert ratings == [(226,), (196,), (203,), (179,), (196,)]
    same_title = installation.query("SELECT DISTINCT upc FROM books_book WHERE title = 'The Star-Touched Queen'")
    assert len(same_title) == 2
    mangled = "SELECT count(*) FROM books_book WHERE title LIKE '%Â%' OR description LIKE '%Â%'"
    assert installation.query(mangled) == [(0,)]


def test_whole_shop(installation: Installation) -> None:
    with serving(Shop(read_books())) as url:
        for counts in ("1,000 created, 0 updated, 0 unchanged", "0 created, 0 updated, 1,000 unchanged"):
            finished = installation.manage("scrape_books", "--url", url, "--delay", "0")
            assert counts in finished.stdout
            assert_whole_shop(installation)


@pytest.mark.skipif(not RECORDED_SHOP.exists(), reason="The recorded pages of the real shop are not available.")
def test_recorded_shop(installation: Installation) -> None:
    server = subprocess.Popen([sys.executable, RECORDED_SHOP, "--port", free_port()], stdout=subprocess.PIPE, text=True)
    try:
        assert server.stdout is not None
        url = server.stdout.readline().split()[-1]
        finished = installation.manage("scrape_books", "--url", url, "--delay", "0")
    finally:
        server.terminate()
        server.communicate()

    assert "1,000 created" in finished.stdout, finished.stderr
    assert_whole_shop(installation)
