from importlib import import_module
from typing import Any

from django.apps import AppConfig
from django.db import connections
from django.db.models.signals import post_migrate


class BooksConfig(AppConfig):
    name = "books"
    verbose_name = "Catalogue"

    def ready(self) -> None:
        import_module("books.checks")  # registers itself
        post_migrate.connect(keep_triggers, sender=self)


def keep_triggers(*, using: str, **_: Any) -> None:
    """SQLite drops a table's triggers when a migration makes the table anew; and rows can be lost by hand."""
    for derived in map(import_module, ("books.search.trigram_index", "books.catalogue_version")):
        if derived.is_installed(connections[using]):
            derived.put_back(connections[using])
