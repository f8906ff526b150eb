"""The sites that can be crawled: the modules of SITE_PACKAGES that define SITE."""

import pkgutil
from collections.abc import Iterable
from importlib import import_module

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from books.sources import list_shops, register_source
from core.text import suggest
from scraping.errors import UnknownSite
from scraping.sites.site import Site


def find_sites() -> dict[str, Site]:
    """Imports the modules and returns their sites by name.

    Web servers do not call this, because the parsers take 11 MB of memory. They read the names from the sources of the
    catalogue, which `register_sites` writes.
    """
    sites: dict[str, Site] = {}
    for package in map(import_module, settings.SITE_PACKAGES):
        for module in pkgutil.iter_modules(package.__path__, f"{package.__name__}."):
            site = getattr(import_module(module.name), "SITE", None)
            if not isinstance(site, Site):
                continue
            if site.name in sites:
                raise ImproperlyConfigured(f"Two modules of SITE_PACKAGES define the site {site.name}.")
            sites[site.name] = site
    return sites


def load_site(name: str) -> Site:
    """Raises UnknownSite."""
    sites = find_sites()
    if name not in sites:
        raise UnknownSite(_describe_unknown(name, sites))
    return sites[name]


def register_sites(using: str) -> None:
    """Stores the sites as sources, so that every process can read their names."""
    for site in find_sites().values():
        register_source(name=site.name, label=site.label or site.name, is_shop=True, using=using)


def check_site(name: str) -> None:
    """Raises UnknownSite, without importing the parsers."""
    names = list_shops()
    if name not in names:
        raise UnknownSite(_describe_unknown(name, names))


def _describe_unknown(name: str, known: Iterable[str]) -> str:
    names = sorted(known)
    return f"There is no shop {name!r}. {suggest(name, names)}The shops are: {', '.join(names)}."
