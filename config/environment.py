"""Reads settings from the environment. An invalid value stops the start with an error that names the variable.

Every function raises ImproperlyConfigured, such as "DEBUG must be true or false, not 'maybe'.". environs converts and
validates; its own messages do not state the accepted values. An empty variable counts as unset.
"""

import ipaddress
import os
import re
import secrets
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured, ValidationError
from django.core.validators import validate_email
from environs import Env, EnvValidationError
from marshmallow import ValidationError as InvalidValue
from marshmallow import validate

from core.redaction import redact

OWN_HOSTS = ["localhost", "127.0.0.1", "[::1]", "backend"]  # the last is the service's name in docker-compose.yml
LOOPBACK = {"localhost", ".localhost", "[::1]", "backend"}
HOST_NAME = re.compile(r"\*|\.?[A-Za-z0-9_]([A-Za-z0-9_-]*[A-Za-z0-9_])?(\.[A-Za-z0-9_-]+)*")
RATE = r"none|[1-9][0-9]{0,6}/(second|minute|hour|day)"


class BlankIsUnset(Env):
    def _get_value(self, env_key: str, default: Any) -> Any:
        value = super()._get_value(env_key, default)
        return (value.strip() or default) if isinstance(value, str) else value


env = BlankIsUnset()


def require(is_valid: Callable[[str], bool]) -> Callable[[str], None]:
    """A validator of environs: it raises an error for an invalid value."""

    def check(value: str) -> None:
        if value and not is_valid(value):
            raise InvalidValue("invalid")

    return check


def read(method: Callable[..., Any], name: str, default: Any, expected: str, **options: Any) -> Any:
    """Reads a variable with a method of environs. `expected` completes the sentence "NAME must be …"."""
    try:
        return method(name, default, **options)
    except EnvValidationError:
        raise ImproperlyConfigured(f"{name} must be {expected}, not {redact(text(name))!r}.") from None


def text(name: str, default: str = "") -> str:
    return env.str(name, default)


def boolean(name: str, *, default: bool) -> bool:
    return bool(read(env.bool, name, default, "true or false"))


def integer(name: str, *, default: int, minimum: int, maximum: int) -> int:
    expected = f"a whole number from {minimum} to {maximum}"
    return int(read(env.int, name, default, expected, validate=validate.Range(minimum, maximum)))


def seconds(name: str, *, default: float) -> float:
    return float(read(env.float, name, default, "a number of seconds from 0 to 3600", validate=validate.Range(0, 3600)))


def share(name: str, *, default: float) -> float:
    return float(read(env.float, name, default, "a share from 0 to 1, such as 0.02", validate=validate.Range(0, 1)))


def choice(name: str, choices: Iterable[str], *, default: str) -> str:
    expected = f"one of {', '.join(choices)}"
    return str(read(env.str, name, default, expected, validate=validate.OneOf(list(choices))))


def rate(name: str, *, default: str) -> str | None:
    """A number of requests in a period, such as `10/minute`; None for no limit."""
    expected = "a rate such as 10/minute, or none"
    value = read(env.str, name, default, expected, validate=validate.Regexp(f"({RATE})$"))
    return None if value == "none" else str(value)


def web_address(name: str, *, default: str) -> str:
    return str(read(env.str, name, default, "an http:// or https:// address", validate=require(is_web_address)))


def hosts(name: str, *, default: list[str]) -> list[str]:
    """Host names and addresses, separated by commas, without scheme, port or path."""
    return items(name, "list host names without scheme or port", is_host) or default


def origins(name: str) -> list[str]:
    """Web origins, separated by commas: scheme, host and port, without a path."""
    return items(name, "list origins such as https://example.org", is_origin)


def items(name: str, expected: str, is_valid: Callable[[str], bool]) -> list[str]:
    """The parts of a value that are separated by commas. `expected` completes the sentence "NAME must …"."""
    values = [part.strip() for part in text(name).split(",") if part.strip()]
    for value in values:
        if not is_valid(value):
            raise ImproperlyConfigured(f"{name} must {expected}, not {redact(value)!r}.")
    return values


def public_url(name: str, proxies: int) -> str:
    """The public origin of the service behind a proxy; empty if there is no proxy."""
    value = str(
        read(env.str, name, "", "an origin such as https://books.example.org", validate=require(is_origin))
    ).rstrip("/")
    if value.startswith("https:") and not proxies:
        raise ImproperlyConfigured(f"{name} is https://, which needs a proxy: say how many in NUM_PROXIES.")
    return value


def contact(name: str) -> str:
    """An e-mail address or a web address at which the operator can be reached."""
    return str(read(env.str, name, "", "an e-mail address or a web address", validate=require(is_contact)))


def folder(name: str, *, default: Path) -> Path:
    """A writable folder. If it is missing, it is created for its owner only."""
    path = env.path(name, default)
    try:
        path.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise ImproperlyConfigured(f"{name}: cannot create the folder {path} ({error.strerror}).") from error
    if not os.access(path, os.W_OK):
        raise ImproperlyConfigured(f"{name}: the folder {path} is not writable.")
    return Path(path)


def is_web_address(value: str) -> bool:
    try:
        parts = urlsplit(value)
        return parts.scheme in {"http", "https"} and bool(parts.hostname) and (parts.port or 1) > 0
    except ValueError:
        return False


def is_origin(value: str) -> bool:
    """Whether the value is a scheme, a host and an optional port, and nothing else."""
    parts = urlsplit(value.rstrip("/")) if is_web_address(value) else None
    return parts is not None and parts._replace(scheme="", netloc="").geturl() == "" and "@" not in value


def is_contact(value: str) -> bool:
    try:
        validate_email(value)
    except ValidationError:
        return is_web_address(value)
    return True


def is_host(value: str) -> bool:
    try:
        is_ipv6 = value.startswith("[") and value.endswith("]") and bool(ipaddress.IPv6Address(value[1:-1]))
    except ValueError:
        is_ipv6 = False
    return is_ipv6 or HOST_NAME.fullmatch(value) is not None


def are_loopback(hosts: list[str]) -> bool:
    """Whether only this machine can reach all hosts. Compose's service name counts as loopback."""
    return all(host in LOOPBACK or _is_loopback_address(host) for host in hosts)


def _is_loopback_address(host: str) -> bool:
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def host_of(url: str) -> list[str]:
    host = urlsplit(url).hostname
    return [f"[{host}]" if ":" in host else host] if host else []


def secret_key(var_dir: Path) -> str:
    """SECRET_KEY from the environment, otherwise a key generated once and stored in `var_dir` for its owner only."""
    path = var_dir / "secret_key"
    if not text("SECRET_KEY") and not path.exists():
        _store_new_key(path)
    return text("SECRET_KEY") or path.read_text(encoding="ascii")


def _store_new_key(path: Path) -> None:
    # Written to a temporary file (mkstemp sets mode 600) and then linked: if two processes start at once, the first
    # key is kept, and a partially written key is never read.
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
