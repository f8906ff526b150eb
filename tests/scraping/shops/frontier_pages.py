"""Shops and their pages for tests of the frontier."""

from datetime import UTC, datetime
from typing import Any

from books.sources import register_source
from scraping.models import Shop, ShopPage
from scraping.shops.found_pages import FoundPage, identify_page

NOW = datetime(2026, 11, 27, 12, tzinfo=UTC)


def make_sitemap_shop(host: str = "shop.example", **fields: Any) -> Shop:
    name = f"shop_{host.replace('.', '_').replace(':', '_')}"
    register_source(name=name, label=host, is_shop=True)
    settings = {
        "discovery": Shop.Discovery.SITEMAP,
        "sitemap_url": f"http://{host}/sitemap.xml",
        "page_pattern": "/book/*",
        "state": Shop.State.CONFIRMED,
        **fields,
    }
    return Shop.objects.create(source_id=name, host=host, **settings)


def find(number: int, dated_at: datetime | None = None) -> FoundPage:
    page = identify_page(f"https://shop.example/book/{number}", dated_at)
    assert page is not None
    return page


def make_page(shop: Shop, number: int, **fields: Any) -> ShopPage:
    page = find(number)
    return ShopPage.objects.create(shop=shop, key=page.key, url=page.url, **fields)
