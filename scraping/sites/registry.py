"""The sites that can be crawled: the modules of SITE_PACKAGES that define SITE."""

import pkgutil
from collections.abc import Iterable
from importlib import import_module

from django.apps import apps
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

from books.sources import is_installed, register_source
from core.text import suggest
from scraping.errors import UnknownSite
from scraping.origin import normalize_host
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
    """Stores the sites as sources and shops, so that every process can read their names."""
    for site in find_sites().values():
        register_source(name=site.name, label=site.label or site.name, is_shop=True, using=using)
        if is_installed(using, apps.get_model("scraping", "Shop")):
            _register_shop(site, using)


def _register_shop(site: Site, using: str) -> None:
    """Creates the shop of a hand-written site. What staff changed in an existing one stays."""
    shop = apps.get_model("scraping", "Shop")  # app configurations import this module before the models exist
    host = normalize_host(site.default_url)
    values = {"host": host, "is_hand_written": True, "delay": site.delay, "state": shop.State.CONFIRMED}
    shop.objects.using(using).get_or_create(source_id=site.name, defaults=values)


def check_site(name: str) -> None:
    """Raises UnknownSite, without importing the parsers."""
    names = list_sites()
    if name not in names:
        raise UnknownSite(_describe_unknown(name, names))


def list_sites() -> list[str]:
    """The names of the hand-written sites, without importing the parsers."""
    shop = apps.get_model("scraping", "Shop")
    return list(shop.objects.filter(is_hand_written=True).order_by("pk").values_list("pk", flat=True))


def _describe_unknown(name: str, known: Iterable[str]) -> str:
    names = sorted(known)
    return f"There is no shop {name!r}. {suggest(name, names)}The shops are: {', '.join(names)}."
