from importlib import import_module

from django.apps import AppConfig

from users import checks  # noqa: F401  registers the checks


class UsersConfig(AppConfig):
    name = "users"
    verbose_name = "Users"

    def ready(self) -> None:
        import_module("users.watches.receivers")  # which needs the models
