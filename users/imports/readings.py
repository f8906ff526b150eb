"""The readings of a row from its status, its dates and its count of readings."""

from collections.abc import Sequence
from dataclasses import replace

from core.partial_date import PartialDate
from users.imports.cell_reader import CellReader
from users.imports.rows import ImportedReading
from users.imports.statuses import READ, STOPPED

FINISHED, ABANDONED = "finished", "abandoned"
MAX_READINGS = 100  # of one book


def read_period(
    reader: CellReader, column: str, start: PartialDate | None, finish: PartialDate | None
) -> ImportedReading | None:
    """A reading with these dates and no outcome yet. None without dates, or with a problem if they are in wrong order.

    `column` is the one that the problem is reported for.
    """
    if start is None and finish is None:
        return None
    if start and finish and finish.is_certainly_before(start):
        reader.report(column, f"The end {finish} is before the start {start}, so that neither date was used.")
        return None
    return ImportedReading(started_on=start, finished_on=finish)


def read_count(reader: CellReader, column: str) -> int:
    """The number of readings that the row states, 0 if none."""
    count = reader.integer(column) or 0
    if count > MAX_READINGS:
        reader.report(column, f"A book has at most {MAX_READINGS} readings. The count {count:,} was not used.")
        return 0
    return count


def complete_readings(
    status: str | None, periods: Sequence[ImportedReading | None], count: int = 0
) -> tuple[ImportedReading, ...]:
    """All readings of a row, with outcomes.

    - read: one reading per period, and undated ones up to `count`; at least one.
    - stopped: the latest period is abandoned, the earlier ones are finished; at least one reading.
    - other statuses: a period with an end is finished, one without has not ended.
    """
    dated = sorted(filter(None, periods), key=_latest_date)[-MAX_READINGS:]
    if status == READ:
        undated = [ImportedReading()] * (max(1, count) - len(dated))
        return tuple(replace(reading, outcome=FINISHED) for reading in [*dated, *undated])
    if status == STOPPED:
        *earlier, last = dated or [ImportedReading()]
        return (*(replace(reading, outcome=FINISHED) for reading in earlier), replace(last, outcome=ABANDONED))
    return tuple(replace(reading, outcome=FINISHED if reading.finished_on else None) for reading in dated)


def _latest_date(reading: ImportedReading) -> str:
    return str(reading.finished_on or reading.started_on)
