"""The status of a row that states none, but has dates of reading."""

from users.imports.statuses import READ, READING, STOPPED


def find_dated_status(*, started: str = "", finished: str = "", stopped: str = "") -> str | None:
    """The arguments are the texts of the cells, because a date that cannot be used states the status too."""
    if finished:
        return READ
    if stopped:
        return STOPPED
    return READING if started else None
