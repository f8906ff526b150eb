from importlib import import_module

from django.apps import AppConfig


class BooksConfig(AppConfig):
    name = "books"
    verbose_name = "Catalogue"

    def ready(self) -> None:
        import_module("books.checks")  # registers itself
