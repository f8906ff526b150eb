"""What `manage.py check --deploy` says of the deployment."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, register

DEVELOPMENT_PASSWORD = "colophon-development"  # noqa: S105  docker-compose.yml's default, visible to all


@register(deploy=True)
def database_password_is_no_secret(app_configs: Any, **options: Any) -> list[CheckMessage]:
    if settings.DATABASES["default"].get("PASSWORD") != DEVELOPMENT_PASSWORD:
        return []
    return [Error("DB_PASSWORD is the development default.", hint="Set one of your own in .env.", id="config.E001")]
