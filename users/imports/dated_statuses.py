"""The status of a row that states none, but has dates of reading."""

from core.partial_date import PartialDate
from users.imports.statuses import READ, READING, STOPPED


def find_dated_status(
    *, started_on: PartialDate | None, finished_on: PartialDate | None, stopped_on: PartialDate | None = None
) -> str | None:
    if finished_on:
        return READ
    if stopped_on:
        return STOPPED
    return READING if started_on else None
