"""A reader keeps notes and readings of a book, and sees them in the year, with each way to use a page."""

import pytest
from playwright.sync_api import Page, expect

from tests.support.browser import BROWSER_MARKS
from tests.web.browser.drivers import DRIVERS, Mouse, WithoutScripts
from tests.web.browser.visitors import Visitors, expect_heading

pytestmark = BROWSER_MARKS
BOOK = "book/3"
NOTES = "Read on the train."


@pytest.mark.parametrize("driver_class", DRIVERS, ids=lambda driver: driver.__name__)
def test_reader_keeps_notes_and_readings(visitors: Visitors, driver_class: type[Mouse]) -> None:
    page = visitors.open_as_reader(BOOK, **driver_class.options)
    driver = driver_class(page)

    driver.press(page.get_by_role("button", name="Read", exact=True))
    save_notes(page, driver)
    add_reading(page, driver, "2024-12-20", "2025-01-05")
    add_reading(page, driver, "2025-03-01", "2025-03-09")
    delete_second_reading(page, driver)
    add_reading(page, driver, "2025-06-01", "2025-06-30")

    page.goto(f"{visitors.address}library/year/2025")
    expect_heading(page, "2025 in books")
    months = page.locator("table.bars").first.get_by_role("row")
    expect(months.filter(has_text="January")).to_contain_text("1")
    expect(months.filter(has_text="June")).to_contain_text("+ 1 again")
    expect(months.filter(has_text="March")).to_contain_text("0")


def save_notes(page: Page, driver: Mouse) -> None:
    driver.enter(page.get_by_label("Notes"), NOTES)
    driver.press(page.get_by_role("button", name="Save the notes"))
    if isinstance(driver, WithoutScripts):
        expect(page.locator(".notice")).to_have_text("The notes are saved.")
    else:
        expect(page.locator(".saved")).to_be_visible()
        expect(page.get_by_role("button", name="Save the notes")).to_be_focused()
    page.reload()
    expect(page.get_by_label("Notes")).to_have_value(NOTES)


def add_reading(page: Page, driver: Mouse, started_on: str, finished_on: str) -> None:
    number = page.locator(".readings tbody tr").count()
    driver.press(page.locator("summary", has_text="Add a reading"))
    form = page.locator("details[open] form.dates")
    driver.enter_date(form.get_by_label("Started"), started_on)
    driver.enter_date(form.get_by_label("Finished"), finished_on)
    driver.press(form.get_by_role("button", name="Add"))
    expect(page.locator(".readings tbody tr")).to_have_count(number + 1)


def delete_second_reading(page: Page, driver: Mouse) -> None:
    row = page.locator(".readings tbody tr").nth(1)
    expect(row).to_contain_text("1 March 2025")
    driver.press(row.locator("summary"))
    driver.press(row.get_by_role("button", name="Delete this reading"))
    expect(page.locator(".readings tbody tr")).to_have_count(1)
