"""The settings of outgoing mail. Every function raises ImproperlyConfigured."""

from dataclasses import dataclass
from email.utils import parseaddr
from urllib.parse import SplitResult, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured, ValidationError
from django.core.validators import validate_email

from config import environment as env

CONSOLE = "django.core.mail.backends.console.EmailBackend"
SMTP = "django.core.mail.backends.smtp.EmailBackend"
PORTS = {"smtp": 25, "smtp+starttls": 587, "smtps": 465}
FORMAT = "smtp://, smtp+starttls:// or smtps:// with user:password@host:port"


@dataclass(frozen=True, slots=True)
class MailServer:
    """Where mail is sent. Without a host it is printed by the process that sends it."""

    host: str = ""
    port: int = 0
    user: str = ""
    password: str = ""
    scheme: str = ""

    @property
    def backend(self) -> str:
        return SMTP if self.host else CONSOLE


def server(name: str) -> MailServer:
    """The server of a URL; the console if the variable is not set."""
    value = env.text(name)
    if not value:
        return MailServer()
    try:
        url, port = urlsplit(value), urlsplit(value).port
    except ValueError:
        url, port = SplitResult("", "", "", "", ""), None
    # The URL may contain a password, so no message repeats it.
    if url.scheme not in PORTS or not url.hostname or url.path.strip("/") or url.query or url.fragment:
        raise ImproperlyConfigured(f"{name} must have the form {FORMAT}.")
    user, password = unquote(url.username or ""), unquote(url.password or "")
    return MailServer(url.hostname, port or PORTS[url.scheme], user, password, url.scheme)


def sender(name: str, *, default: str) -> str:
    """An e-mail address, also as `Name <address>`."""
    value = env.text(name, default)
    try:
        validate_email(parseaddr(value)[1] if value != default else "colophon@example.org")
    except ValidationError as error:
        raise ImproperlyConfigured(f"{name} must be an e-mail address such as Colophon <books@example.org>.") from error
    return value
