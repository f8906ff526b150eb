from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules

from core import checks  # noqa: F401  registers the checks


class CoreConfig(AppConfig):
    """Makes the templates, static files and system checks of core available."""

    name = "core"
    label = "config"  # the label in the migrations of existing installations
    verbose_name = "Colophon"

    def ready(self) -> None:
        autodiscover_modules("periodic")  # the periodic jobs of all apps
