"""Reads the addresses, delays and credentials of shops from the environment. Raises ImproperlyConfigured."""

from collections.abc import Callable, Iterable
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

from config import environment as env


def addresses(*, default_site: str, variable: str, other_sites: str) -> dict[str, str]:
    """Addresses by site: that of the default site in one variable, those of others in pairs in another.

    User names and passwords are refused, because pages and reports contain the shops' addresses.
    """
    urls = _pairs(other_sites, "list pairs such as shop=https://shop.example/", env.is_web_address)
    _refuse_user_information(other_sites, urls.values())
    if url := env.web_address(variable, default=""):
        _refuse_user_information(variable, [url])
        urls[default_site] = url
    return urls


def delays(*, default_site: str, variable: str, other_sites: str) -> dict[str, float]:
    """Seconds between two requests by site, in variables like those of `addresses`."""
    pairs = _pairs(other_sites, "list pairs such as shop=0.5, with 0 to 3600 seconds", _is_delay)
    seconds = {site: float(value) for site, value in pairs.items()}
    if env.text(variable):
        seconds[default_site] = env.seconds(variable, default=0)
    return seconds


def credentials(user: str, password: str) -> tuple[str, str] | None:
    """A user name with its password, None if neither is set."""
    if ":" in env.text(user) or (env.text(password) and not env.text(user)):  # RFC 7617: a colon ends the name
        raise ImproperlyConfigured(f"{user} must be a user name without a colon if {password} is set.")
    return (env.text(user), env.text(password)) if env.text(user) else None


def _refuse_user_information(variable: str, urls: Iterable[str]) -> None:
    if any("@" in urlsplit(url).netloc for url in urls):
        message = f"{variable} must not contain a user name or a password. Set them in SHOP_USER and SHOP_PASSWORD."
        raise ImproperlyConfigured(message)


def _pairs(name: str, expected: str, is_valid: Callable[[str], bool]) -> dict[str, str]:
    values = env.items(name, expected, lambda pair: "=" in pair and is_valid(pair.partition("=")[2]))
    return {site.strip(): value for site, _, value in (pair.partition("=") for pair in values)}


def _is_delay(value: str) -> bool:
    try:
        return 0 <= float(value) <= 3600
    except ValueError:
        return False
