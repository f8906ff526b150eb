"""Changed pages: the reader returns the true value or none, and never raises an error."""

from dataclasses import fields

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scraping.page import Page
from scraping.structured.extraction import Kind, Offered
from scraping.structured.reader import read
from tests.scraping.structured.mutations import MUTATIONS
from tests.scraping.structured.pages import BOOK, MICRODATA, RIGHT, URL, book, html, offer, script
from tests.scraping.structured.recorded import RecordedPage, load_recorded_pages, needs_recorded_pages, without_works

OWN = [
    RecordedPage(name, Page(URL, text), Kind.READ, RIGHT)
    for name, text in {
        "json": html(script(BOOK), heading=""),
        "json with heading": html(script(BOOK)),
        "json with address": html(script(book(url=URL)), heading=""),
        "graph": html(script({"@graph": [{"@type": "WebPage"}, book(url=URL)]})),
        "edition": html(script(book(isbn=None, offers=None, workExample=book(author=None)))),
        "offers": html(script(book(offers=[offer(), offer(price=12.5)]))),
        "microdata": html(MICRODATA, heading=""),
        "both": html(script(BOOK), MICRODATA),
    }.items()
]
RECORDED = [recorded for recorded in load_recorded_pages() if recorded.kind == Kind.READ]
SETTINGS = settings(
    max_examples=2_000, derandomize=True, database=None, suppress_health_check=list(HealthCheck)
)  # fmt: skip
mutation_lists = st.lists(st.sampled_from(sorted(MUTATIONS.keys() - {"3 MB"})), min_size=1, max_size=3, unique=True)


def assert_never_wrong(recorded: RecordedPage, names: list[str]) -> None:
    text = recorded.page.html
    for name in names:
        text = MUTATIONS[name](text)
    extraction = read(Page(recorded.page.url, text))

    found = without_works(extraction.product)
    for field in fields(Offered):
        value, right = getattr(found, field.name), getattr(recorded.product, field.name)
        assert value in (right, None, ()), (recorded.name, names, field.name, extraction)


@pytest.mark.parametrize("recorded", OWN, ids=lambda recorded: recorded.name)
def test_unchanged_pages_are_right(recorded: RecordedPage) -> None:
    assert without_works(read(recorded.page).product) == recorded.product


@pytest.mark.parametrize("name", sorted(MUTATIONS))
def test_single_changes(name: str) -> None:
    for recorded in OWN + RECORDED:
        assert_never_wrong(recorded, [name])


@pytest.mark.parametrize("name", sorted(MUTATIONS))
def test_every_change_changes_a_page(name: str) -> None:
    assert any(MUTATIONS[name](recorded.page.html) != recorded.page.html for recorded in OWN)


@given(st.sampled_from(OWN), mutation_lists)
@SETTINGS
def test_changes_of_own_pages(recorded: RecordedPage, names: list[str]) -> None:
    assert_never_wrong(recorded, names)


@pytest.mark.slow
@needs_recorded_pages
@given(st.sampled_from(RECORDED or OWN), mutation_lists)
@SETTINGS
def test_changes_of_recorded_pages(recorded: RecordedPage, names: list[str]) -> None:
    assert_never_wrong(recorded, names)
