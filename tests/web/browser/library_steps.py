"""Steps of a tour: the reader keeps notes and readings of a book, and sees them in the year."""

from playwright.sync_api import Page, expect

from tests.web.browser.drivers import Mouse, WithoutScripts
from tests.web.browser.visitors import expect_heading

NOTES = "Read on the train."


def keep_notes_and_readings(page: Page, driver: Mouse) -> None:
    """A reading that is deleted, and two that stay."""
    save_notes(page, driver)
    add_reading(page, driver, "2024-12-20", "2025-01-05")
    add_reading(page, driver, "2025-03-01", "2025-03-09")
    delete_second_reading(page, driver)
    add_reading(page, driver, "2025-06-01", "2025-06-30")


def see_the_year(page: Page, driver: Mouse) -> None:
    driver.press(page.get_by_role("link", name="Library", exact=True).locator("visible=true").first)
    expect_heading(page, "Your library")
    driver.press(page.get_by_role("link", name="Year in books"))
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
    driver.enter(form.get_by_label("Started"), started_on)
    driver.enter(form.get_by_label("Ended", exact=True), finished_on)
    driver.choose(form.get_by_label("How it ended"), "Finished")
    driver.press(form.get_by_role("button", name="Add"))
    expect(page.locator(".readings tbody tr")).to_have_count(number + 1)


def delete_second_reading(page: Page, driver: Mouse) -> None:
    row = page.locator(".readings tbody tr").nth(1)
    expect(row).to_contain_text("1 March 2025")
    driver.press(row.locator("summary"))
    driver.press(row.get_by_role("button", name="Delete this reading"))
    expect(page.locator(".readings tbody tr")).to_have_count(1)
