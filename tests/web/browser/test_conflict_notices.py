"""Notices about an entry that was changed or removed meanwhile, and a member's view of a shared book."""

from collections.abc import Callable, Iterator

import pytest
import requests
from playwright.sync_api import Page, ViewportSize, expect

from tests.support.browser import BROWSER_MARKS, list_violations
from tests.web.browser.visitors import Visitors

pytestmark = BROWSER_MARKS
BOOK = "book/9?shared=true"


@pytest.fixture
def entry(visitors: Visitors) -> Iterator[str]:
    """The address of an entry of the shared library in the API."""
    saved = requests.post(f"{visitors.address}api/library", json={"book": 9}, timeout=30).json()
    address = f"{visitors.address}api/library/{saved['id']}"
    yield address
    requests.delete(address, timeout=30)


def press_a_status(page: Page, entry: str) -> None:
    requests.patch(entry, json={"status": "stopped", "rating": 3}, timeout=30).raise_for_status()
    page.get_by_role("button", name="Read", exact=True).click()


def save_notes_of_a_removed_entry(page: Page, entry: str) -> None:
    page.locator("#notes textarea").fill("Lent to Bob until spring")
    requests.delete(entry, timeout=30).raise_for_status()
    page.locator("#save-notes").click()


@pytest.mark.parametrize("action", [press_a_status, save_notes_of_a_removed_entry])
def test_notices_are_accessible_and_fit(visitors: Visitors, entry: str, action: Callable[[Page, str], None]) -> None:
    page = visitors.open_as_reader(BOOK)
    assert_fits(page)

    action(page, entry)

    expect(page.locator("main .notice.bad[role=alert]")).to_be_visible()
    assert_fits(page)
    visitors.problems.clear()  # the browser reports the status of the page with the notice


def assert_fits(page: Page) -> None:
    for width, theme in ((1280, "light"), (390, "dark"), (320, "light")):
        page.set_viewport_size(ViewportSize(width=width, height=800))
        page.emulate_media(color_scheme="dark" if theme == "dark" else "light")
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert list_violations(page, "best-practice") == []
