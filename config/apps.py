from importlib import import_module

from django.apps import AppConfig


class ProjectConfig(AppConfig):
    """The project as an app: its templates, static files and checks are found by themselves."""

    name = "config"
    verbose_name = "Colophon"

    def ready(self) -> None:
        import_module("config.checks")  # registers itself
