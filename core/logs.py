"""Log formatters: text lines or JSON, with the request id and without secrets."""

import logging
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any

from pythonjsonlogger.core import RESERVED_ATTRS
from pythonjsonlogger.json import JsonFormatter

from core.redaction import redact, redact_value

request_id: ContextVar[str | None] = ContextVar("request_id", default=None)


class TextFormatter(logging.Formatter):
    """One line with time, level, logger, message and request id."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s: %(message)s")

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802  logging's name
        current = request_id.get()
        return super().formatMessage(record) + (f" [{current}]" if current else "")

    def format(self, record: logging.LogRecord) -> str:
        return redact(super().format(record))


class JsonLineFormatter(JsonFormatter):
    """One JSON object per line, with the record's `extra` values."""

    def __init__(self) -> None:
        super().__init__(
            ["asctime", "levelname", "name", "message"],
            rename_fields={"asctime": "time", "levelname": "level", "name": "logger"},
            reserved_attrs=[*RESERVED_ATTRS, "request", "server_time"],  # Django's; these are objects
        )

    def formatTime(self, record: logging.LogRecord, datefmt: str | None = None) -> str:  # noqa: N802  logging's name
        return datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")

    def process_log_record(self, log_data: dict[str, Any]) -> dict[str, Any]:
        """Redacts before the JSON encoding, because its escapes would hide secrets from the patterns."""
        return {**redact_value(log_data), "request_id": request_id.get()}


FORMATTERS = {"text": TextFormatter, "json": JsonLineFormatter}


def log_to_stderr(formatter: str, level: str) -> dict[str, Any]:
    """The value of the setting LOGGING."""
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {formatter: {"()": FORMATTERS[formatter]}},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": formatter}},
        "root": {"handlers": ["stderr"], "level": level},
        # Django's own set-up mails errors to ADMINS and prints only where DEBUG is on; here the console has them all.
        "loggers": {
            "django": {"handlers": [], "level": level, "propagate": True},
            "django.request": {"level": "ERROR"},  # errors of clients are in the response
            "django.security": {"level": "CRITICAL"},  # so is an attempt
            "urllib3": {"level": "INFO"},  # its query strings contain search texts
            "_granian": {"handlers": [], "propagate": True},  # the web server's, where it runs in one process with us
            "django.db.backends": {"level": "INFO"},  # its statements hold what people typed
        },
    }
