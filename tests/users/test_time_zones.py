"""Names of time zones."""

import pytest
from django.core.exceptions import ValidationError

from users.time_zones import list_time_zones, load_time_zone, validate_time_zone


def test_zones_for_people_are_listed_and_valid() -> None:
    names = list_time_zones()

    assert names[0] == "UTC"
    assert {"Europe/London", "Asia/Kolkata", "America/Argentina/Ushuaia"} <= set(names)
    assert not {"EST5EDT", "US/Eastern", "Etc/GMT+5"} & set(names)
    for name in ("UTC", "Europe/London"):
        validate_time_zone(name)


@pytest.mark.parametrize("name", ["", "London", "../etc/passwd", "/etc/localtime", "europe/london ", "\x00"])
def test_other_names_are_invalid(name: str) -> None:
    with pytest.raises(ValidationError):
        validate_time_zone(name)
    assert load_time_zone(name) is None
