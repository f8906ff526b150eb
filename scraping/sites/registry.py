"""The sites that can be crawled, by the name that requests use."""

from importlib import import_module

from scraping.errors import UnknownSite
from scraping.sites.site import Site

CONFIGURED_SITE = "books_to_scrape"  # the settings SHOP_URL and SHOP_DELAY are those of this site
SITES = {CONFIGURED_SITE: "scraping.sites.books_toscrape_com"}


def load_site(name: str) -> Site:
    """Imports the site's module. It is not imported earlier, so that web servers do not hold the parsers in memory."""
    check_site(name)
    site: Site = import_module(SITES[name]).SITE
    return site


def check_site(name: str) -> None:
    """Raises UnknownSite."""
    if name not in SITES:
        raise UnknownSite(f"There is no shop {name!r}. Known shops: {', '.join(sorted(SITES))}.")
