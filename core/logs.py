"""How logs are written: a line for people or JSON for programs, each with the request's id, none with a secret."""

import logging
import re
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any

from pythonjsonlogger.core import RESERVED_ATTRS
from pythonjsonlogger.json import JsonFormatter

request_id: ContextVar[str | None] = ContextVar("request_id", default=None)

# Nothing of this is logged on purpose; it is in what libraries and databases say of their failures.
# Each kind begins where no such character stands before it: a long text is read once, not once from each of its places.
SECRETS = re.compile(
    r"""
    (?P<kept> \b(?:cookie|authorization) \\?["']? \s*[:=]\s*
            | \b(?:bearer|basic)(?:\s|%20)+ | \b(?:sessionid|csrftoken)=
            | (?:password|token|secret)\w{0,20} \\?["']? \s*[:=]\s* )
        (?: \\"[^"\\]*\\?" | "(?:\\.|[^"\\])*"? | '(?:\\.|[^'\\])*'? | [^"'\\,;&)}\n]+ )
    | \b (?:postgres(?:ql)?|sqlite|rediss?):// [^\s"'\\<>]+       # where a database or a cache is, with its password
    | (?<![a-z0-9+.-]) [a-z][a-z0-9+.-]*:// [^\s"'\\<>/@:]* : [^\s"'\\<>]{0,200} @  # what signs in elsewhere
    | (?: "[^"\n]{1,64}" | (?<![\w.%+-]) [\w.%+-]+ )             # an e-mail address
        (?:@|%40) (?: [\w-]+ (?:\.[\w-]+)* | \[[0-9a-f:.]+\] )
    | \b [0-9a-f]{64} (?:[0-9a-f]{64})? \b                        # a token or its hash
    | \b (?:argon2|pbkdf2_\w+) \$ [^\s"'\\)]+                     # a password's hash
    """,
    re.VERBOSE | re.IGNORECASE,
)


# Without one of these nothing of that is there: most lines are not searched at all.
MARKS = ("@", "%40", "://", "$", *(
    "bearer", "basic", "cookie", "authorization", "sessionid", "csrftoken", "password", "token", "secret",
))  # fmt: skip
SECRET_NAME = re.compile("password|token|secret|authorization|cookie", re.IGNORECASE)
HEX = re.compile(r"[0-9a-f]{64}", re.IGNORECASE)


def without_secrets(text: str) -> str:
    lowered = text.lower()
    if not any(mark in lowered for mark in MARKS) and not HEX.search(text):
        return text
    return SECRETS.sub(lambda found: f"{found['kept'] or ''}[removed]", text)


class Line(logging.Formatter):
    """For people: when, how grave, who, what, and the id of the request."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s: %(message)s")

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802  logging's name
        asked = request_id.get()
        return super().formatMessage(record) + (f" [{asked}]" if asked else "")

    def format(self, record: logging.LogRecord) -> str:
        return without_secrets(super().format(record))


class Json(JsonFormatter):
    """For programs: an object a line, with whatever the record was given as `extra`."""

    def __init__(self) -> None:
        super().__init__(
            ["asctime", "levelname", "name", "message"],
            rename_fields={"asctime": "time", "levelname": "level", "name": "logger"},
            reserved_attrs=[*RESERVED_ATTRS, "request", "server_time"],  # Django's: objects, not values
        )

    def formatTime(self, record: logging.LogRecord, datefmt: str | None = None) -> str:  # noqa: N802  logging's name
        return datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")

    def process_log_record(self, log_data: dict[str, Any]) -> dict[str, Any]:
        """Looks through each text before it is written as JSON, whose escapes would stand before what is looked for."""
        return {**cleaned(log_data), "request_id": request_id.get()}


def cleaned(value: Any) -> Any:
    """The same without secrets, as deep as it goes, in what JSON can hold."""
    if value is None or isinstance(value, int | float):
        return value
    if isinstance(value, dict):
        return {
            str(name): "[removed]" if SECRET_NAME.search(str(name)) else cleaned(each) for name, each in value.items()
        }
    if isinstance(value, list | tuple | set):
        return [cleaned(each) for each in value]
    return without_secrets(str(value))


FORMATTERS = {"text": Line, "json": Json}


def to_stderr(formatter: str, level: str) -> dict[str, Any]:
    """The setting LOGGING."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {formatter: {"()": FORMATTERS[formatter]}},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": formatter}},
        "root": {"handlers": ["stderr"], "level": level},
        # Django's own set-up mails errors to ADMINS and prints only where DEBUG is on; here the console has them all.
        "loggers": {
            "django": {"handlers": [], "level": level, "propagate": True},
            "django.request": {"level": "ERROR"},  # a client's mistake is told to the client
            "django.security": {"level": "CRITICAL"},  # so is an attempt
            "urllib3": {"level": "INFO"},  # it tells what was searched for
            "_granian": {"handlers": [], "propagate": True},  # the web server's, where it runs in one process with us
            "django.db.backends": {"level": "INFO"},  # its statements hold what people typed
        },
    }
