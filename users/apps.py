from importlib import import_module

from django.apps import AppConfig

from users import checks  # noqa: F401  registers the checks


class UsersConfig(AppConfig):
    name = "users"
    verbose_name = "Users"

    def ready(self) -> None:
        """Connects the receivers of signals, whose modules need the models."""
        for module in ("notifications.staff", "notifications.timetables", "watches.receivers"):
            import_module(f"users.{module}")
