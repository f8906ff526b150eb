"""System checks of the deployment."""

from typing import Any

from django.conf import settings
from django.core import checks
from django.core.checks import CheckMessage, Error, register

from core.private_files import find_readable

DEVELOPMENT_PASSWORD = "colophon-development"  # noqa: S105  the public default in docker-compose.yml


@register(deploy=True)
def check_database_password(app_configs: Any, **options: Any) -> list[CheckMessage]:
    if settings.DATABASES["default"].get("PASSWORD") != DEVELOPMENT_PASSWORD:
        return []
    return [Error("DB_PASSWORD is the development default.", hint="Set another one in .env.", id="config.E001")]


@register(deploy=True)
def check_private_files(app_configs: Any, **options: Any) -> list[CheckMessage]:
    return [
        checks.Warning(f"Other users of this machine can read {path}.", hint=f"Run: chmod go= {path}", id="config.W001")
        for path in find_readable(settings.PRIVATE_PATHS)
    ]
