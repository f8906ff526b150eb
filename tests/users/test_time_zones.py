"""Names of time zones."""

import re

import pytest
from django.core.exceptions import ValidationError

from users.time_zones import NAME_PATTERN, find_names, list_time_zones, load_time_zone, validate_time_zone


def test_zones_for_people_are_listed_and_valid() -> None:
    names = list_time_zones()

    assert names[0] == "UTC"
    assert {"Europe/London", "Asia/Kolkata", "America/Argentina/Ushuaia"} <= set(names)
    assert not {"EST5EDT", "US/Eastern", "Etc/GMT+5"} & set(names)
    for name in ("UTC", "Europe/London", "US/Eastern", "Etc/GMT+5"):
        validate_time_zone(name)


def test_the_pattern_of_the_api_describes_all_names() -> None:
    assert all(re.fullmatch(NAME_PATTERN, name) for name in find_names())


@pytest.mark.parametrize(
    "name", ["", "localtime", "London", "../etc/passwd", "/etc/localtime", "europe/london ", "\x00"]
)
def test_other_names_are_invalid(name: str) -> None:
    with pytest.raises(ValidationError):
        validate_time_zone(name)


def test_a_zone_that_this_machine_lacks_is_none() -> None:
    assert load_time_zone("Moon/Crater") is None
    assert load_time_zone("../etc/passwd") is None
