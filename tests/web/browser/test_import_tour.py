"""A reader imports a Goodreads file, decides about a shelf and a book, and undoes the import."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.support.browser import BROWSER_MARKS
from tests.web.browser.drivers import DRIVERS, Mouse, WithoutScripts
from tests.web.browser.import_steps import check, upload, wait_for
from tests.web.browser.visitors import Visitors
from tests.web.import_files import goodreads

pytestmark = BROWSER_MARKS
# The catalogue has a book with the title of the second row, without an author.
ROWS = (
    {"Book Id": "1", "Title": "Odes", "Author": "Horace", "Exclusive Shelf": "halted", "My Rating": "4"},
    {"Book Id": "2", "Title": "A Light in the Attic", "Author": "Shel Silverstein", "Exclusive Shelf": "read",
     "Date Read": "2024/05/03"},
    {"Book Id": "3", "Author": "Nobody", "Exclusive Shelf": "read"},
)  # fmt: skip


@pytest.mark.parametrize("driver_class", DRIVERS, ids=lambda driver: driver.__name__)
def test_reader_imports_a_library(visitors: Visitors, driver_class: type[Mouse]) -> None:
    page = visitors.open_as_reader("library", **driver_class.options)
    driver = driver_class(page)

    upload(page, driver, goodreads(*ROWS))
    wait_for(page, driver, "Nothing has been saved yet.")
    decide(page, driver)
    review(page, driver)
    correct(page, driver)
    undo(page, driver)


def decide(page: Page, driver: Mouse) -> None:
    """The shelf “halted” is answered, and the import is started."""
    check(page, driver)
    driver.choose(page.get_by_label("halted"), "Stopped")
    if isinstance(driver, WithoutScripts):
        driver.press(page.get_by_role("button", name="Update the preview"))
    expect(page.locator(".entry-row").first).to_contain_text("Stopped")
    driver.press(page.get_by_role("button", name="Add 1 book and review 1 afterwards"))
    wait_for(page, driver, "To review")


def review(page: Page, driver: Mouse) -> None:
    check(page, driver)
    driver.press(page.get_by_role("button", name=re.compile("^This book")))
    expect(page.locator(".notice[role=status]")).to_contain_text("is “A Light in the Attic” now.")


def correct(page: Page, driver: Mouse) -> None:
    """The row without a title is completed."""
    driver.press(page.locator("summary", has_text="Correct and try again"))
    driver.enter(page.get_by_label("Title", exact=True), "Epodes")
    driver.press(page.get_by_role("button", name="Import this row"))
    expect(page.locator(".notice[role=status]")).to_contain_text("“Epodes” is in your library.")
    expect(page.locator(".chips [aria-current]")).to_have_text("Added 3")
    check(page, driver)


def undo(page: Page, driver: Mouse) -> None:
    driver.press(page.locator("summary", has_text="Undo this import"))
    driver.tick(page.get_by_label("Yes, undo this import"))
    driver.press(page.get_by_role("button", name="Undo the import"))
    wait_for(page, driver, "The import is undone. 3 books were removed")
    check(page, driver)
