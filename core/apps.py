from importlib import import_module

from django.apps import AppConfig


class CoreConfig(AppConfig):
    """The project as an app: its templates, static files and checks are found by themselves."""

    name = "core"
    label = "config"  # the migrations of earlier installations bear this label
    verbose_name = "Colophon"

    def ready(self) -> None:
        import_module("core.checks")  # registers itself
