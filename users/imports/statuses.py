"""The statuses of other services in Colophon's terms. Values are those of LibraryEntry.Status."""

from core.text import fold

WANT_TO_READ, READING, PAUSED, READ, STOPPED = "want_to_read", "reading", "paused", "read", "stopped"
NAMES = {
    WANT_TO_READ: {"to read", "want to read", "to be read", "tbr", "planned", "plan to read", "planning"},
    READING: {"reading", "currently reading", "in progress"},
    PAUSED: {"paused", "on hold"},
    READ: {"read", "already read", "finished", "completed"},
    STOPPED: {
        "stopped", "stopped reading", "did not finish", "dnf", "didn't finish", "abandoned", "unfinished", "dropped",
    },
}  # fmt: skip
STATUS_BY_NAME = {fold(name): status for status, names in NAMES.items() for name in names}


def find_status(name: str) -> str | None:
    """The status that services call by this name, such as `currently-reading`. None for any other name."""
    return STATUS_BY_NAME.get(fold(name.replace("_", " ")))


def split_status(name: str) -> tuple[str | None, str | None]:
    """The status and the shelf of a row. Other names are shelves, and the import asks for their status."""
    status = find_status(name)
    return status, (name or None) if status is None else None
