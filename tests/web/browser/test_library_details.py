"""Tags, review, progress and partial dates of an entry, the filters of the library, and tags of several books."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.support.browser import BROWSER_MARKS
from tests.web.browser.appearance import assert_fits
from tests.web.browser.drivers import DRIVERS, Keyboard, Mouse, WithoutScripts
from tests.web.browser.visitors import Visitors, expect_heading

pytestmark = BROWSER_MARKS


@pytest.mark.parametrize("driver_class", DRIVERS, ids=lambda driver: driver.__name__)
def test_reader_describes_a_book_and_finds_it(visitors: Visitors, driver_class: type[Mouse]) -> None:
    page = visitors.open_as_reader("book/4", **driver_class.options)
    driver = driver_class(page)
    save_book(page, driver)
    page.goto(f"{visitors.address}book/3")
    title = save_book(page, driver)

    describe(page, driver)
    write_review(page, driver)
    add_abandoned_reading(page, driver)
    check_appearance(page, driver)
    page.goto(f"{visitors.address}library")
    filter_library(page, driver, title)
    page.goto(f"{visitors.address}library")
    tag_several_books(page, driver)


def save_book(page: Page, driver: Mouse) -> str:
    status = page.get_by_role("button", name="Reading", exact=True)
    driver.press(status)
    expect(status).to_have_attribute("aria-pressed", "true")
    return page.get_by_role("heading", level=1).inner_text()


def describe(page: Page, driver: Mouse) -> None:
    driver.enter(page.locator("#entry-tags"), "crime, to lend")
    driver.enter(page.locator("#entry-progress"), "40")
    driver.choose(page.locator("#entry-unit"), "per cent")
    driver.choose(page.locator("#entry-format"), "Paper")
    driver.tick(page.locator("#entry-owned"))
    driver.press(page.locator("#save-details"))
    expect_saved(page, driver, "details")
    expect(page.locator("#progress")).to_have_text("40 %")
    expect(page.get_by_role("list", name="Tags").get_by_role("link")).to_have_text(["crime", "to lend"])


def write_review(page: Page, driver: Mouse) -> None:
    driver.enter(page.locator("#entry-review"), "The butler did it.")
    driver.tick(page.locator("#entry-contains_spoilers"))
    driver.press(page.locator("#save-review"))
    expect_saved(page, driver, "review")
    page.reload()
    expect(page.locator("#entry-review")).to_have_value("The butler did it.")
    expect(page.locator("#entry-contains_spoilers")).to_be_checked()


def expect_saved(page: Page, driver: Mouse, form: str) -> None:
    if isinstance(driver, WithoutScripts):
        expect(page.locator(".notice[role=status]")).to_contain_text(f"The {form}")
    else:
        expect(page.locator(f"#{form} .saved")).to_be_visible()


def add_abandoned_reading(page: Page, driver: Mouse) -> None:
    driver.press(page.locator("summary", has_text="Add a reading"))
    form = page.locator("details[open] form.dates")
    driver.enter(form.get_by_label("Started"), "2023")
    driver.enter(form.get_by_label("Ended", exact=True), "2024-05")
    driver.choose(form.get_by_label("How it ended"), "Abandoned")
    driver.press(form.get_by_role("button", name="Add"))
    cells = page.locator(".readings tbody tr").get_by_role("cell")
    expect(cells.nth(0)).to_have_text("2023")
    expect(cells.nth(1)).to_have_text("May 2024 abandoned")


def filter_library(page: Page, driver: Mouse, title: str) -> None:
    titles = page.locator("main li h3")
    expect(titles).to_have_count(2)
    driver.press(page.locator("summary", has_text="Tag, copy and format"))
    choose_filter(page, driver, page.get_by_label("Tag", exact=True), "crime (1)", ["tag=crime"])
    expect(titles).to_have_text([title])
    choose_filter(page, driver, page.get_by_label("Copy", exact=True), "Owned", ["owned=true"])
    choose_filter(
        page, driver, page.get_by_label("Format", exact=True), "Paper", ["book_format=unknown", "book_format=paper"]
    )
    expect(titles).to_have_text([title])
    check_appearance(page, driver)
    choose_filter(page, driver, page.get_by_label("Format", exact=True), "E-book", ["book_format=ebook"])
    driver.press(page.get_by_role("link", name="Show all books"))
    expect(titles).to_have_count(2)


def choose_filter(page: Page, driver: Mouse, select: Locator, label: str, steps: list[str]) -> None:
    """With the keyboard, each key selects the next choice, and each choice loads the page."""
    if isinstance(driver, Keyboard):
        for step in steps:
            driver.focus(select)
            page.keyboard.press("ArrowDown")
            page.wait_for_url(re.compile(re.escape(step)))
        return
    driver.choose(select, label)
    if isinstance(driver, WithoutScripts):
        driver.press(page.get_by_role("button", name="Show", exact=True))
    page.wait_for_url(re.compile(re.escape(steps[-1])))


def tag_several_books(page: Page, driver: Mouse) -> None:
    for checkbox in page.locator("main li").get_by_role("checkbox").all():
        driver.tick(checkbox)
    driver.choose(page.locator("#action"), "Add tags …")
    field = page.get_by_label("Tags, separated by commas")
    driver.enter(field, "holiday, c")
    if not isinstance(driver, WithoutScripts):
        names = page.locator("#tag-names option").evaluate_all("options => options.map(option => option.value)")
        assert names == ["holiday, crime", "holiday, to lend"]
    page.keyboard.type("lub")
    check_appearance(page, driver)
    driver.press(page.get_by_role("button", name="Apply", exact=True))
    expect(page.locator(".notice[role=status]")).to_contain_text("added to 2 books.")
    driver.press(page.get_by_role("button", name="Undo the last change"))
    expect(page.locator(".notice[role=status]")).to_contain_text("Undone for 2 books.")
    expect_heading(page, "Your library")
    expect(page.locator("select[name=tag] option")).to_have_text(["Any tag", "crime (1)", "to lend (1)"])


def check_appearance(page: Page, driver: Mouse) -> None:
    """Once for all drivers: the page is the same."""
    if type(driver) is Mouse:
        size = page.viewport_size
        assert size is not None
        assert_fits(page)
        page.set_viewport_size(size)
