"""The recorded pages of real shops: every field is right, and uncertain values are missing."""

from collections import Counter

import pytest

from scraping.structured.extraction import Kind
from scraping.structured.reader import read
from tests.scraping.structured.recorded import RecordedPage, load_recorded_pages, needs_recorded_pages, without_works

PAGES = load_recorded_pages()


@pytest.mark.parametrize("recorded", PAGES, ids=lambda recorded: recorded.name)
def test_recorded_page(recorded: RecordedPage) -> None:
    extraction = read(recorded.page)

    assert extraction.kind == recorded.kind, extraction.doubts
    assert without_works(extraction.product) == recorded.product


@needs_recorded_pages
def test_all_recorded_pages_are_covered() -> None:
    assert Counter(recorded.kind for recorded in PAGES) == {Kind.READ: 14, Kind.IN_DOUBT: 4, Kind.NONE: 6}
