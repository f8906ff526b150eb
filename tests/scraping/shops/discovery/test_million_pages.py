"""A sitemap of 1,000,000 addresses: little memory, and kill -9 loses and repeats nothing."""

import time
from collections.abc import Iterator

import pytest

from tests.fakes.shop.server import serving
from tests.fakes.sitemap_shop.app import SitemapShop
from tests.scraping.sitemaps.files import make_index, make_urlset, pack
from tests.support.installation import Installation

pytestmark = pytest.mark.slow

FILES, PAGES_A_FILE = 20, 50_000
MAX_MEMORY = 150 * 1024 * 1024
TIMEOUT = 3_600  # seconds, for busy machines
ADD_SHOP = """
from books.sources import register_source
from scraping.models import Shop
from scraping.origin import normalize_host
register_source(name="large", label="Large", is_shop=True)
Shop.objects.create(
    source_id="large", host=normalize_host("{address}"), state="confirmed", delay=0.01, discovery="sitemap",
    sitemap_url="{address}sitemap.xml", page_pattern="/book/*",
)
"""
DISCOVER = """
import threading
from pathlib import Path
from scraping.models import Shop
from scraping.shops.discovery import discover_pages
from scraping.shops.sitemap_download import open_downloader
shop = Shop.objects.get(pk="large")
with open_downloader(shop, max_wait=60, halt=threading.Event()) as downloader:
    report = discover_pages(shop, downloader)
assert not report.problems, report.problems
# Not `ru_maxrss`, which begins with the memory of the process that has started this one.
[peak] = [line.split()[1] for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM:")]
print(int(peak) * 1024)
"""


@pytest.fixture(scope="module")
def shop() -> Iterator[tuple[SitemapShop, str]]:
    server = SitemapShop(has_etags=False)
    with serving(server) as address:
        server.files["/sitemap.xml"] = make_index(*(f"{address}{number}.xml.gz" for number in range(FILES)))
        for number in range(FILES):
            first = number * PAGES_A_FILE
            entries = (
                f"<loc>{address}book/{page}</loc><lastmod>2026-01-02</lastmod>"
                for page in range(first, first + PAGES_A_FILE)
            )
            server.files[f"/{number}.xml.gz"] = pack(make_urlset(*entries))
        yield server, address


def test_a_million_pages_and_kill_9(installation: Installation, shop: tuple[SitemapShop, str]) -> None:
    server, address = shop
    installation.environment["PRIVATE_ADDRESSES"] = "true"
    added = installation.manage("shell", "-v", "0", "-c", ADD_SHOP.format(address=address))
    assert added.returncode == 0, added.stderr

    with installation.start("shell", "-v", "0", "-c", DISCOVER) as killed:
        while count(installation, "scraping_pagelist WHERE read_at IS NOT NULL") < 4 and killed.poll() is None:
            time.sleep(0.2)
        killed.kill()
    finished = count(installation, "scraping_pagelist WHERE read_at IS NOT NULL")
    continued = installation.manage("shell", "-v", "0", "-c", DISCOVER, timeout=TIMEOUT)

    assert continued.returncode == 0, continued.stderr
    assert 4 <= finished < FILES
    assert count(installation, "scraping_shoppage") == FILES * PAGES_A_FILE
    assert count(installation, "scraping_pagelist WHERE is_pending OR problem <> ''") == 0
    downloads = [server.requests[f"/{number}.xml.gz"] for number in range(FILES)]
    assert server.requests["/sitemap.xml"] == 1
    assert sum(downloads) <= FILES + 1  # the file that the killed process was reading
    assert int(continued.stdout) <= MAX_MEMORY


def count(installation: Installation, rows: str) -> int:
    return int(installation.query(f"SELECT count(*) FROM {rows}")[0][0])
