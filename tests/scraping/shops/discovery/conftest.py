"""A shop with sitemaps and listing pages on a loopback port, and its row."""

from collections.abc import Iterator

import pytest
from pytest_django.fixtures import Settings

from scraping.models import Shop
from scraping.origin import normalize_host
from tests.fakes.shop.server import serving
from tests.fakes.sitemap_shop.app import SitemapShop
from tests.scraping.shops.frontier_pages import make_sitemap_shop


@pytest.fixture
def server() -> SitemapShop:
    return SitemapShop()


@pytest.fixture
def address(server: SitemapShop, settings: Settings) -> Iterator[str]:
    """The origin of the shop, without a slash at its end."""
    settings.PRIVATE_ADDRESSES = True
    with serving(server) as url:
        yield url.rstrip("/")


@pytest.fixture
def shop(db: None, address: str) -> Shop:
    return make_sitemap_shop(normalize_host(address), delay=0)
