"""A reader corrects the detected format of a file, and searches again for the books of rows to review."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.support.browser import BROWSER_MARKS
from tests.web.browser.appearance import assert_fits
from tests.web.browser.drivers import DRIVERS, Mouse
from tests.web.browser.import_steps import check, upload, wait_for
from tests.web.browser.visitors import Visitors, expect_heading
from tests.web.import_files import STORYGRAPH, goodreads, odes, write_table

pytestmark = BROWSER_MARKS
UNSAVED = "Nothing has been saved yet."
# The catalogue has books with these titles, without authors.
TO_REVIEW = [
    odes(**{"Book Id": "1", "Title": "A Light in the Attic", "Author": "Shel Silverstein"}),
    odes(**{"Book Id": "2", "Title": "Sharp Objects", "Author": "Gillian Flynn"}),
]


@pytest.mark.parametrize("driver_class", DRIVERS, ids=lambda driver: driver.__name__)
def test_reader_corrects_the_format(visitors: Visitors, driver_class: type[Mouse]) -> None:
    page = visitors.open_as_reader("library", **driver_class.options)
    driver = driver_class(page)
    upload(page, driver, goodreads(odes()))
    wait_for(page, driver, UNSAVED)

    driver.press(page.locator("summary", has_text="Not a file of Goodreads?"))
    choose_format(page, driver, "Open Library notes")
    wait_for(page, driver, "The file is not of the format Open Library notes")
    check_appearance(page, driver)
    choose_format(page, driver, "StoryGraph")
    wait_for(page, driver, UNSAVED)

    expect(page.locator(".facts-line")).to_contain_text("StoryGraph")
    expect(page.locator(".entry-row b")).to_have_text(["Odes"])
    check_appearance(page, driver)


def choose_format(page: Page, driver: Mouse, label: str) -> None:
    driver.choose(page.get_by_label("Format", exact=True), label)
    driver.press(page.get_by_role("button", name="Read the file again"))


@pytest.mark.parametrize("driver_class", DRIVERS, ids=lambda driver: driver.__name__)
def test_reader_chooses_the_status_of_rows_without_one(visitors: Visitors, driver_class: type[Mouse]) -> None:
    page = visitors.open_as_reader("library", **driver_class.options)
    driver = driver_class(page)
    rows = ({"Title": "Odes", "Authors": "Horace", "Tags": "latin"}, {"Title": "Emma", "Read Status": "read"})
    upload(page, driver, write_table(STORYGRAPH, *rows))
    wait_for(page, driver, UNSAVED)

    check_appearance(page, driver)
    driver.choose(page.get_by_label("No reading status"), "Leave out")
    update_preview(page, driver)
    expect(page.get_by_role("button", name="Add 1 book", exact=True)).to_be_visible()
    driver.choose(page.get_by_label("No reading status"), "Paused")
    update_preview(page, driver)
    expect(page.locator(".entry-row").first).to_contain_text("Paused")
    driver.press(page.get_by_role("button", name="Add 2 books"))
    wait_for(page, driver, "Added")


def update_preview(page: Page, driver: Mouse) -> None:
    """Without scripts there is a button for it."""
    button = page.get_by_role("button", name="Update the preview")
    if button.is_visible():
        driver.press(button)


@pytest.mark.parametrize("driver_class", DRIVERS, ids=lambda driver: driver.__name__)
def test_reader_searches_again(visitors: Visitors, driver_class: type[Mouse]) -> None:
    page = visitors.open_as_reader("library", **driver_class.options)
    driver = driver_class(page)
    upload(page, driver, goodreads(*TO_REVIEW))
    wait_for(page, driver, UNSAVED)
    driver.press(page.get_by_role("button", name="Review 2 books afterwards"))
    wait_for(page, driver, "To review")

    open_search(page, driver, "A Light in the Attic")
    choose_other_book(page, driver)
    open_search(page, driver, "Sharp Objects")
    keep_as_entered(page, driver)


def open_search(page: Page, driver: Mouse, title: str) -> None:
    driver.press(page.get_by_role("link", name=re.compile(rf"^Search again\s?: {title}")))
    expect_heading(page, "Which book is it?")
    expect(page.get_by_label("Title", exact=True)).to_have_value(title)


def choose_other_book(page: Page, driver: Mouse) -> None:
    """The first search finds the catalogue's book, the second one a work that the first of the readers adds to it."""
    expect(section(page, "In this catalogue").locator("h3")).to_have_text(["A Light in the Attic"])
    expect(section(page, "At Open Library")).to_contain_text("Open Library has no other book that matches.")
    replace(page, driver, "Author", "")
    replace(page, driver, "Title", "War and Peace")
    driver.press(page.get_by_role("main").get_by_role("button", name="Search", exact=True))
    expect(page.locator("main .rows h3")).to_have_text(["War and Peace"])
    expect(page.get_by_label("Title", exact=True)).to_have_value("War and Peace")
    expect(page.locator(".waiting")).to_have_count(0)
    check_appearance(page, driver)
    driver.press(page.get_by_role("button", name=re.compile("^This book")))
    wait_for(page, driver, "Line 2 is “War and Peace” now.")
    expect(page.locator(".chips [aria-current]")).to_have_text("To review 1")


def keep_as_entered(page: Page, driver: Mouse) -> None:
    """A search without hits in both sources."""
    replace(page, driver, "Title", "The Unwritten")
    driver.press(page.get_by_role("main").get_by_role("button", name="Search", exact=True))
    expect(section(page, "In this catalogue")).to_contain_text("No book in this catalogue matches.")
    expect(section(page, "At Open Library")).to_contain_text("Open Library has no book that matches.")
    check_appearance(page, driver)
    driver.press(page.get_by_role("button", name="Keep as entered"))
    wait_for(page, driver, "“Sharp Objects” stays as the file states it.")


def section(page: Page, heading: str) -> Locator:
    return page.locator("section.section", has=page.get_by_role("heading", name=heading, exact=True))


def replace(page: Page, driver: Mouse, label: str, text: str) -> None:
    driver.enter(page.get_by_label(label, exact=True), "")
    page.keyboard.press("ControlOrMeta+A")
    page.keyboard.press("Delete")
    page.keyboard.type(text)


def check_appearance(page: Page, driver: Mouse) -> None:
    """At all widths once for all drivers: the page is the same."""
    if type(driver) is not Mouse:
        check(page, driver)
        return
    size = page.viewport_size
    assert size is not None
    assert_fits(page)
    page.set_viewport_size(size)
