"""Dates with an unknown day, or an unknown month and day."""

import re
from calendar import month_name
from dataclasses import dataclass
from datetime import date
from typing import Self

PARTIAL_DATE = re.compile(r"([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2}))?)?")
RULE = "Use a date such as 2024-05-03, a month such as 2024-05, or a year such as 2024."


@dataclass(frozen=True, slots=True)
class PartialDate:
    """A day, a month or a year. Raises ValueError for a date that the calendar does not have."""

    year: int
    month: int | None = None
    day: int | None = None

    def __post_init__(self) -> None:
        if self.month is None and self.day is not None:
            raise ValueError("A day needs a month.")
        date(self.year, self.month or 1, self.day or 1)

    @classmethod
    def parse(cls, text: str) -> Self:
        """Reads `2024`, `2024-05` and `2024-05-03`. Raises ValueError."""
        match = PARTIAL_DATE.fullmatch(text)
        if match is None:
            raise ValueError(RULE)
        return cls(*(int(part) if part else None for part in match.groups()))  # type: ignore[arg-type]  # a year is set

    @classmethod
    def of(cls, day: date) -> Self:
        return cls(day.year, day.month, day.day)

    def __str__(self) -> str:
        parts = [f"{self.year:04}", *(f"{part:02}" for part in (self.month, self.day) if part is not None)]
        return "-".join(parts)

    @property
    def label(self) -> str:
        """For readers: `3 May 2024`, `May 2024` or `2024`."""
        names = [str(self.day)] if self.day else []
        return " ".join([*names, *([month_name[self.month]] if self.month else []), str(self.year)])

    def is_certainly_before(self, other: "PartialDate") -> bool:
        """Whether every day of this date is before every day of the other one. `2024` is not before `2024-05`."""
        length = min(len(str(self)), len(str(other)))
        return str(self)[:length] < str(other)[:length]
