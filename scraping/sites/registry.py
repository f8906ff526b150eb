"""The sites that can be crawled: the setting SITES."""

from django.conf import settings
from django.utils.module_loading import import_string

from scraping.errors import UnknownSite
from scraping.sites.site import Site


def load_site(name: str) -> Site:
    """Imports the site's module. The setting names it, so that web servers do not load the parsers (11 MB)."""
    check_site(name)
    site: Site = import_string(settings.SITES[name])
    return site


def check_site(name: str) -> None:
    """Raises UnknownSite."""
    if name not in settings.SITES:
        raise UnknownSite(f"There is no shop {name!r}. The shops are: {', '.join(sorted(settings.SITES))}.")
