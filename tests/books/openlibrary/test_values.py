"""Single values of Open Library's documents: only certain values are read."""

from datetime import UTC, datetime
from typing import Any

import pytest

from books.openlibrary.values import clean_text, parse_key, parse_publish_year, parse_reference, parse_year


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
    assert clean_text("\x98Der\x9c Brunnen\x85", "title") == "Der Brunnen"


@pytest.mark.parametrize(
    ("text", "decoded"),
    [
        ("Love &amp; Rivers", "Love & Rivers"), ("Ren&eacute; Lacour", "René Lacour"), ("&#233;&#xE9;", "éé"),
        ("&amp;amp;", "&amp;"), ("AT&T; R&D", "AT&T; R&D"), ("a &copy b", "a &copy b"), ("&#1;x", "x"),
        ("&nosuch;", "&nosuch;"),
    ],
)  # fmt: skip
def test_html_entities_are_decoded_once(text: str, decoded: str) -> None:
    assert clean_text(text, "title") == decoded


def test_years_that_are_impossible_are_left_out() -> None:
    this_year = datetime.now(UTC).year
    years = [this_year, this_year + 1, this_year + 2, 8858, 1, 0, -1, -800, True, "1937", None]

    assert [parse_publish_year(year) for year in years] == [
        this_year, this_year + 1, None, None, None, None, None, -800, None, None, None,
    ]  # fmt: skip
    assert parse_year("2099") is None


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("OL45804W", "OL45804W"), (" ol7353617m ", "OL7353617M"), ("/works/OL1W", "OL1W"),
        ("https://openlibrary.org/books/OL7353617M/A_Title?x=1#y", "OL7353617M"),
        ("http://www.openlibrary.org/works/OL1W.json", "OL1W"), ("openlibrary.org/works/OL1W/", "OL1W"),
        ("OL1A", None), ("OL0W", None), ("https://evil.example/works/OL1W", None), ("OL1W OL2W", None), ("", None),
    ],
)  # fmt: skip
def test_references_to_works_and_editions(text: str, key: str | None) -> None:
    assert parse_reference(text) == key


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
