"""The origin of an address: which addresses belong to one shop."""

from urllib.parse import urlsplit

import idna

DEFAULT_PORTS = {"http": 80, "https": 443}


def parse_origin(url: str) -> tuple[str, int]:
    """Returns host and port. http and https on their default ports are one origin. Raises ValueError.

    A host has several spellings: upper and lower case, Unicode and punycode, with and without the final dot of the DNS
    root. All of them return the same host.
    """
    parts = urlsplit(url)
    if parts.scheme not in DEFAULT_PORTS or not parts.hostname:
        raise ValueError(f"{url!r} is not an http or https address")
    port = parts.port or DEFAULT_PORTS[parts.scheme]
    host = _normalize_host(parts.hostname.removesuffix("."))
    return host, 80 if port == 443 and parts.scheme == "https" else port


def _normalize_host(host: str) -> str:
    # Only names with other characters: idna refuses underscores, which hosts of internal networks have.
    return host.lower() if host.isascii() else idna.encode(host, uts46=True).decode("ascii")


def has_user_information(url: str) -> bool:
    """Whether the address contains a user name or a password. Raises ValueError."""
    return "@" in urlsplit(url).netloc


def normalize_host(url: str) -> str:
    """The host as `Shop.host` stores it: without `www.`, with the port if it is not the default port.

    Raises ValueError if the text is not an http or https address.
    """
    host, port = parse_origin(url)
    host = f"[{host}]" if ":" in host else host.removeprefix("www.")  # an IPv6 address has colons
    return host if port == 80 else f"{host}:{port}"
