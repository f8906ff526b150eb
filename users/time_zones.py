"""Time zones of accounts: names of the IANA database, such as Europe/London."""

from functools import cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from django.core.exceptions import ValidationError

DEFAULT = "UTC"
REGIONS = (
    "Africa/", "America/", "Antarctica/", "Arctic/", "Asia/", "Atlantic/", "Australia/", "Europe/", "Indian/",
    "Pacific/",
)  # fmt: skip
NO_PLACES = {
    "localtime",
    "Factory",
}  # files in the folder of the time zones that name no place and differ between machines
NAME_PATTERN = "^[A-Za-z0-9_+-]+(/[A-Za-z0-9_+-]+)*$"


@cache
def find_names() -> set[str]:
    """Cached, because it reads hundreds of files."""
    return available_timezones() - NO_PLACES


def list_time_zones() -> list[str]:
    """The names for people: places, and UTC. Old names such as EST5EDT and US/Eastern are left out."""
    return [DEFAULT, *sorted(name for name in find_names() if name.startswith(REGIONS))]


def validate_time_zone(name: str) -> None:
    """Raises ValidationError."""
    if name != DEFAULT and name not in find_names():
        raise ValidationError("There is no such time zone. Use a name of the IANA database, such as Europe/London.")


def load_time_zone(name: str) -> ZoneInfo | None:
    """None if this machine lacks the zone: its database may be older than that of another host."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError):
        return None
