"""The shops that are known here, by the name that a request uses."""

from importlib import import_module

from scraping.sites.site import Site

SHOPS = {"books_to_scrape": "scraping.sites.books_toscrape_com"}


def site_of(shop: str) -> Site:
    """Loaded when a crawl begins: a web server knows the names, and need not hold a parser in its memory."""
    site: Site = import_module(SHOPS[shop]).SITE
    return site
