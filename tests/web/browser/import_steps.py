"""Steps of an import in a browser, with any driver."""

from playwright.sync_api import Page, expect

from tests.support.browser import list_violations
from tests.web.browser.drivers import Mouse, WithoutScripts
from tests.web.browser.visitors import expect_heading

NAME = "goodreads_library_export.csv"


def upload(page: Page, driver: Mouse, content: bytes) -> None:
    driver.press(page.get_by_role("main").get_by_role("link", name="Import or export"))
    expect_heading(page, "Import books")
    check(page, driver)
    page.get_by_label("File", exact=True).set_input_files({"name": NAME, "mimeType": "text/csv", "buffer": content})
    driver.press(page.get_by_role("button", name="Upload and show the preview"))
    expect_heading(page, "Import")


def wait_for(page: Page, driver: Mouse, text: str) -> None:
    """The worker's step. Without scripts the reader follows the link that loads the page again."""
    reload = page.get_by_role("link", name="Reload to see how far it is")
    while isinstance(driver, WithoutScripts) and reload.is_visible():
        driver.press(reload)
    expect(page.locator("#import")).to_contain_text(text)


def check(page: Page, driver: Mouse) -> None:
    """Nothing scrolls sideways, and axe-core, which needs scripts, finds no violation."""
    assert page.evaluate("document.documentElement.scrollWidth") <= driver.options["viewport"]["width"]
    if not isinstance(driver, WithoutScripts):
        assert list_violations(page, "best-practice") == []
