from typing import Any

from django.apps import AppConfig
from django.db import connections
from django.db.models.signals import post_migrate

from books import catalogue_version, checks, sources  # noqa: F401  registers the checks
from books.search import trigram_index
from core.db.statistics import update_statistics


class BooksConfig(AppConfig):
    name = "books"
    verbose_name = "Catalogue"

    def ready(self) -> None:
        post_migrate.connect(restore_after_migrations, sender=self)


def restore_after_migrations(*, using: str, **_: Any) -> None:
    """Recreates triggers (on SQLite) and built-in sources after a migration or `flush`. Updates the statistics."""
    for derived in (trigram_index, catalogue_version):
        if derived.is_installed(connections[using]):
            derived.restore(connections[using])
    if sources.is_installed(using):
        sources.register_built_in_sources(using)
    update_statistics(using)
