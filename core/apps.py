from django.apps import AppConfig

from core import checks  # noqa: F401  registers the checks


class CoreConfig(AppConfig):
    """Makes the templates, static files and system checks of core available."""

    name = "core"
    label = "config"  # the label in the migrations of existing installations
    verbose_name = "Colophon"
