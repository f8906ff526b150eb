"""Reads settings from the environment and refuses wrong values with the variable's name.

django-environ parses values but takes `DEBUG=maybe` for False and lets `int()` speak of a literal; a person who
mistypes a variable needs its name and what would be accepted. Every reader raises ImproperlyConfigured.
"""

import ipaddress
import os
import re
import secrets
import tempfile
from collections.abc import Iterable
from pathlib import Path
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured, ValidationError
from django.core.validators import validate_email

from core.logs import without_secrets

OWN_HOSTS = ["localhost", "127.0.0.1", "[::1]", "backend"]  # the last is the service's name in docker-compose.yml
TRUE = {"1", "true", "yes", "on"}
LOOPBACK = {"localhost", ".localhost", "[::1]", "backend"}
FALSE = {"0", "false", "no", "off"}
HOST_NAME = re.compile(r"\*|\.?[A-Za-z0-9_]([A-Za-z0-9_-]*[A-Za-z0-9_])?(\.[A-Za-z0-9_-]+)*")


def text(name: str, default: str = "") -> str:
    return os.environ.get(name, default).strip()


def boolean(name: str, *, default: bool) -> bool:
    value = text(name).lower()
    if value and value not in TRUE | FALSE:
        raise ImproperlyConfigured(f"{name} must be true or false, not {value!r}.")
    return value in TRUE if value else default


def integer(name: str, *, default: int, minimum: int, maximum: int) -> int:
    value = text(name) or str(default)
    if not (value.isascii() and value.isdigit() and minimum <= int(value) <= maximum):
        raise ImproperlyConfigured(f"{name} must be a whole number from {minimum} to {maximum}, not {value!r}.")
    return int(value)


def seconds(name: str, *, default: float) -> float:
    value = text(name) or str(default)
    if not (re.fullmatch(r"[0-9]{1,4}(\.[0-9]+)?", value) and float(value) <= 3600):
        raise ImproperlyConfigured(f"{name} must be a number of seconds from 0 to 3600, not {value!r}.")
    return float(value)


def share(name: str, *, default: float) -> float:
    value = text(name) or str(default)
    if not (re.fullmatch(r"[0-9]?(\.[0-9]{1,4})?", value) and value not in {"", "."} and float(value) <= 1):
        raise ImproperlyConfigured(f"{name} must be a share from 0 to 1, such as 0.02, not {value!r}.")
    return float(value)


def choice(name: str, choices: Iterable[str], *, default: str) -> str:
    value = text(name) or default
    if value not in choices:
        raise ImproperlyConfigured(f"{name} must be one of {', '.join(choices)}, not {value!r}.")
    return value


def hosts(name: str, *, default: list[str]) -> list[str]:
    """Host names and addresses, separated by commas; never with a scheme, a port or a path."""
    names = [part.strip() for part in text(name).split(",") if part.strip()] or default
    for host in names:
        if not (HOST_NAME.fullmatch(host) or _is_bracketed_ipv6(host)):
            raise ImproperlyConfigured(f"{name} must list host names without scheme or port, not {host!r}.")
    return names


def _is_bracketed_ipv6(host: str) -> bool:
    try:
        return host.startswith("[") and host.endswith("]") and bool(ipaddress.IPv6Address(host[1:-1]))
    except ValueError:
        return False


def origins(name: str) -> list[str]:
    """Web origins, separated by commas: scheme, host and port, with no path."""
    values = [part.strip() for part in text(name).split(",") if part.strip()]
    for value in values:
        if not is_origin(value):
            raise ImproperlyConfigured(f"{name} must list origins such as https://example.org, not {value!r}.")
    return values


def are_loopback(hosts: list[str]) -> bool:
    """Whether these hosts, Compose's service name aside, are this machine's own: nobody else can then ask."""
    return all(host in LOOPBACK or _is_loopback_address(host) for host in hosts)


def _is_loopback_address(host: str) -> bool:
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def rate(name: str, *, default: str) -> str | None:
    """How many in which time, such as `10/minute`; None for as many as one likes."""
    value = text(name) or default
    if value == "none":
        return None
    if not re.fullmatch(r"[1-9][0-9]{0,6}/(second|minute|hour|day)", value):
        raise ImproperlyConfigured(f"{name} must be a rate such as 10/minute, or none, not {value!r}.")
    return value


def web_address(name: str, *, default: str) -> str:
    value = text(name) or default
    if not is_web_address(value):
        raise ImproperlyConfigured(f"{name} must be an http:// or https:// address, not {without_secrets(value)!r}.")
    return value


def is_web_address(value: str) -> bool:
    try:
        parts = urlsplit(value)
        return parts.scheme in {"http", "https"} and bool(parts.hostname) and (parts.port or 1) > 0
    except ValueError:
        return False


def public_url(name: str, proxies: int) -> str:
    """The origin at which people reach the service through a proxy; empty where there is none."""
    value = text(name).rstrip("/")
    if value and not is_origin(value):
        given = without_secrets(value)
        raise ImproperlyConfigured(f"{name} must be an origin such as https://books.example.org, not {given!r}.")
    if value.startswith("https:") and not proxies:
        raise ImproperlyConfigured(f"{name} is https://, so a proxy stands before: say how many in NUM_PROXIES.")
    return value


def host_of(url: str) -> list[str]:
    host = urlsplit(url).hostname
    return [f"[{host}]" if ":" in host else host] if host else []


def is_origin(value: str) -> bool:
    """A scheme and a host, with a port or not, and nothing else."""
    return is_web_address(value) and urlsplit(value)._replace(scheme="", netloc="").geturl() == "" and "@" not in value


def contact(name: str) -> str:
    """An e-mail address or a web address where the operator can be reached; empty where none is set."""
    value = text(name)
    if not value or is_web_address(value):
        return value
    try:
        validate_email(value)
    except ValidationError:
        raise ImproperlyConfigured(f"{name} must be an e-mail address or a web address, not {value!r}.") from None
    return value


def folder(name: str, *, default: Path) -> Path:
    """A folder that is there and can be written; made where it is missing."""
    path = Path(text(name) or default)
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise ImproperlyConfigured(f"{name}: {path} cannot be made a folder ({error.strerror}).") from error
    if not os.access(path, os.W_OK):
        raise ImproperlyConfigured(f"{name}: {path} cannot be written.")
    return path


def secret_key(var_dir: Path) -> str:
    """SECRET_KEY from the environment, else one made once and kept in `var_dir`, readable by its owner only."""
    path = var_dir / "secret_key"
    if not text("SECRET_KEY") and not path.exists():
        _keep_new_key(path)
    return text("SECRET_KEY") or path.read_text(encoding="ascii")


def _keep_new_key(path: Path) -> None:
    # Written whole under another name (mkstemp makes it mode 600), then linked: of two processes that start at
    # once the first one's key stands, and nobody ever reads half a key.
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(dir=path.parent)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(secrets.token_urlsafe(50))
    try:
        os.link(name, path)
    except FileExistsError:
        pass
    finally:
        Path(name).unlink()
