"""Single values of Open Library's documents: only certain values are read."""

from typing import Any

import pytest

from books.openlibrary.values import clean_text, parse_key, parse_year


@pytest.mark.parametrize(
    ("text", "year"),
    [
        ("1995", 1995), ("2018-01-18", 2018), ("2018-01", 2018), ("Jul 29, 2016", 2016), ("July 2016", 2016),
        ("29 July 2016", 2016), ("1st September 1901", 1901), ("19xx?", None), ("c1995", None), ("1994-95", None),
        ("1994-1995", None), ("[1995]", None), ("2018-13-01", None), ("9999", None), ("", None), (1995, None),
    ],
)  # fmt: skip
def test_years(text: Any, year: int | None) -> None:
    assert parse_year(text) == year


def test_text_is_cleaned() -> None:
    assert clean_text({"type": "/type/text", "value": "a\r\nb\x00\ud800"}, "description") == "a\nb"
    assert clean_text("  A\r\n title\t ", "title") == "A title"
    assert clean_text(" \x01 ", "title") is None
    assert clean_text({"value": 7}, "title") is None


def test_long_text_ends_with_an_ellipsis() -> None:
    assert clean_text("x" * 600, "title") == "x" * 499 + "…"


@pytest.mark.parametrize(
    ("value", "key"),
    [
        ("/works/OL1W", "OL1W"),
        ("OL1W", "OL1W"),
        ("/books/OL1M", None),
        ("OL0W", None),
        ("/works/OL1W/../x", None),
        (None, None),
    ],
)
def test_keys(value: Any, key: str | None) -> None:
    assert parse_key(value, "W") == key
