from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_migrate

from books import sources
from scraping.sites.registry import register_sites


class ScrapingConfig(AppConfig):
    name = "scraping"
    verbose_name = "Crawls"

    def ready(self) -> None:
        post_migrate.connect(register_sites_after_migrations, sender=self)


def register_sites_after_migrations(*, using: str, **_: Any) -> None:
    """A new site's name becomes known to all processes with the deployment that adds its module."""
    if sources.is_installed(using):
        register_sites(using)
