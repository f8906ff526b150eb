"""Records as JSON."""

from typing import Any

import pytest

from books.availability import Availability
from scraping.record_json import record_from_json, record_to_json
from tests.support.factories import make_record


@pytest.mark.parametrize("fields", [{}, {"price": None, "currency": None}, {"title": "unknown", "stock": 0}])
@pytest.mark.parametrize("availability", Availability)
def test_a_record_is_the_same_after_it_was_stored(availability: Availability, fields: dict[str, Any]) -> None:
    record = make_record(availability=availability, **fields)

    assert record_from_json(record_to_json(record)) == record


def test_an_unknown_availability_is_no_value() -> None:
    """The quality gates count the fields that have a value."""
    assert "availability" not in record_to_json(make_record(availability=Availability.UNKNOWN))
    assert record_to_json(make_record(in_stock=False))["availability"] == "out_of_stock"
