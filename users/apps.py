from django.apps import AppConfig

from users import checks  # noqa: F401  registers the checks


class UsersConfig(AppConfig):
    name = "users"
    verbose_name = "Users"
